import { may } from './use-person.ts'

const LAST_DAY_MS = 24 * 3_600_000
/** What the finder's clock may be ahead of this one, and a question on its way. */
const SLACK_MS = 30_000

/** Nothing before it may the person search, ms since the epoch; undefined for who may search all of the past. */
export const earliestSearch = (nowMs: number): number | undefined =>
  may('search') ? undefined : nowMs - LAST_DAY_MS + SLACK_MS
