import { LONGEST_QUERY_MS } from '@fleetlake/contracts'
import { MAX_FILE_AGE_MS } from '../log/commit.ts'

/**
 * Invariant: vacuum waits at least twice as long as a file may be old when it is committed, and longer than any query runs, whatever it is asked.
 */
export const LEAST_GRACE_MS: number = Math.max(2 * MAX_FILE_AGE_MS, LONGEST_QUERY_MS)

/** The grace that holds when another is asked for, ms. */
export const graceOf = (askedMs: number): number => Math.max(askedMs, LEAST_GRACE_MS)
