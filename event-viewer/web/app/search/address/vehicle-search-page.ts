import { DEFAULT_LIMIT, DEFAULT_TIMEOUT_MS } from '../request/search-request.ts'
import { formatSearch } from './search-url.ts'

const HOUR_MS = 3_600_000

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
    select: [],
    filter: '',
    limit: DEFAULT_LIMIT,
    timeoutMs: DEFAULT_TIMEOUT_MS,
  }),
})
