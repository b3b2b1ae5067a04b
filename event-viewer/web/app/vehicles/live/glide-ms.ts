import { MAX_SPEED_MPS } from '@fleetlake/core'
import { metresPerUnit } from '../geometry/mercator-ring.ts'

/** Frames come ten a second and reports a little late: a glide that lasts this much longer does not stand still in between. */
const SLACK_MS = 150
const MIN_GLIDE_MS = 100
const MAX_GLIDE_MS = 10_000
/** Farther only where a vehicle may have driven it between its reports. */
const MAX_GLIDE_M = 2000

export interface Jump {
  /** Ring units from where the vehicle is drawn to where it was reported. */
  readonly dx: number
  readonly dy: number
  /** Ring y of the report. */
  readonly y: number
  /** Between the two reports; 0 for a first, and after a gap. */
  readonly intervalMs: number
}

/** How long a vehicle glides to its report; 0: it is there at once, since it is not known how it came so far. */
export const glideMsOf = ({ dx, dy, y, intervalMs }: Jump): number => {
  if (intervalMs <= 0) return 0
  const farthestM = Math.max(MAX_GLIDE_M, (MAX_SPEED_MPS * intervalMs) / 1000)
  if (Math.hypot(dx, dy * 2) * metresPerUnit(y) > farthestM) return 0
  return Math.round(Math.min(MAX_GLIDE_MS, Math.max(MIN_GLIDE_MS, intervalMs + SLACK_MS)))
}
