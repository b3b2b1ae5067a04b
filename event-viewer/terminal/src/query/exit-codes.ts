import type { VehicleOutcome } from '@fleetlake/hub'
import { INTERRUPTED } from '../terminal/interrupt.ts'

/** What a script can tell an answer by: 0 only when nothing that was asked for is missing. */
export const EXIT_CODES: Record<VehicleOutcome['status'], number> = {
  complete: 0,
  'limit-reached': 0,
  refused: 1,
  partial: 3,
  'timed-out': 4,
  cancelled: INTERRUPTED,
}
