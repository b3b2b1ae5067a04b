import { z } from 'zod'
import { faultOfQuery, time, whole } from '../archive/archive-query.ts'

const LIMIT = 'must be a whole number from 1 to 1000'
const DAY_MS = 86_400_000

export interface SearchesQuery {
  /** When they were asked, ms since the epoch, `[from, to)`. */
  readonly from: number
  readonly to: number
  readonly person?: string | undefined
  readonly limit: number
}

const parameters = z.strictObject({
  from: time.optional(),
  to: time.optional(),
  person: z.string().min(1, 'must name a person').max(256, 'must have 256 characters at most').optional(),
  limit: whole(LIMIT)
    .refine((count) => count >= 1 && count <= 1_000, LIMIT)
    .default(200),
})

/** The query of `GET /api/searches`, of a day up to now when it says no time; a text is what is wrong with it. */
export const parseSearchesQuery = (query: Record<string, string>, nowMs: number): SearchesQuery | string => {
  const { success, data, error } = parameters.safeParse(query)
  if (!success) return faultOfQuery(error, query)
  // What is stored while it is read is told, too.
  const { to = nowMs + 60_000, from = to - DAY_MS, ...rest } = data
  return from < to ? { ...rest, from, to } : 'from must be before to'
}
