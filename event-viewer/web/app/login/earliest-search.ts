import { may } from './use-person.ts'

/** What the finders let such a person search, in ms; it would come to the page with all messages: a test compares. */
export const LAST_DAY_MS = 24 * 3_600_000

/** Nothing before it may the person search, ms since the epoch; undefined for who may search all of the past. Finders take clocks that differ a little. */
export const earliestSearch = (nowMs: number): number | undefined => (may('search') ? undefined : nowMs - LAST_DAY_MS)
