import type { ViewerConfig } from '../../api/viewer-config.ts'

/** The configuration, and what is heard of the clock of who told it. */
export interface HeardConfig extends ViewerConfig {
  /** How far that clock is ahead of the browser's, ms; 0 when not known. */
  readonly clockAheadMs: number
}

/** HTTP tells whole seconds, and an answer takes a while: what is less far off may be none. */
const UNSURE_MS = 2_000

/** @param date when an answer was sent, as HTTP has it: in whole seconds; @param nowMs the browser's clock when it came */
export const clockAhead = (date: string | null, nowMs: number): number => {
  const sentMs = Date.parse(date ?? '')
  const aheadMs = Number.isNaN(sentMs) ? 0 : sentMs - nowMs
  return Math.abs(aheadMs) < UNSURE_MS ? 0 : aheadMs
}
