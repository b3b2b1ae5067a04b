import type { SearchInput } from '../hub/search/search-answer.ts'

const HOUR_MS = 3_600_000
/** An hour of a report each tenth of a second. */
const LIMIT = 36_000
const TIMEOUT_MS = 20_000

/** The hour of event time that ends with the vehicle's newest report, wherever it was. */
export const lastHourOf = (id: string, newestMs: number): SearchInput => ({
  from: new Date(newestMs - HOUR_MS).toISOString(),
  to: new Date(newestMs + 1).toISOString(),
  vehicleIds: [id],
  limit: LIMIT,
  timeoutMs: TIMEOUT_MS,
})
