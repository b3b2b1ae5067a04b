import { formatSearch } from '../search/search-url.ts'
import { DEFAULT_LIMIT, DEFAULT_TIMEOUT_MS } from '../search/search-request.ts'
import type { SearchInput } from '../search/search-answer.ts'

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

/** The page that searches for this vehicle in the hour before its newest report. */
export const searchPageOf = (
  id: string,
  newestMs: number,
): { path: string; query: ReturnType<typeof formatSearch> } => ({
  path: '/search',
  query: formatSearch({
    where: { kind: 'everywhere' },
    when: { kind: 'exact', from: newestMs - HOUR_MS, to: newestMs + 1 },
    types: [],
    ids: [id],
    limit: DEFAULT_LIMIT,
    timeoutMs: DEFAULT_TIMEOUT_MS,
  }),
})
