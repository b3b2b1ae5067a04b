import type { VehicleOutcome } from '@fleetlake/hub'
import { INTERRUPTED } from '../terminal/interrupt.ts'

/** Exit codes, for scripts: 0 only when nothing is missing. */
export const EXIT_CODES: Record<VehicleOutcome['status'], number> = {
  complete: 0,
  'limit-reached': 0,
  refused: 1,
  partial: 3,
  'timed-out': 4,
  cancelled: INTERRUPTED,
}
