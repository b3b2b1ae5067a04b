import type { Period } from '../../shell/period.ts'
import { DEFAULT_LIMIT, DEFAULT_TIMEOUT_MS } from '../request/search-request.ts'
import { formatSearch } from './search-url.ts'

/** All that was anywhere in a period, as an address holds it. */
export const searchOfEverywhere = (
  { from, to }: Period,
  ids: readonly string[] = [],
): ReturnType<typeof formatSearch> =>
  formatSearch({
    where: { kind: 'everywhere' },
    when: { kind: 'exact', from, to },
    types: [],
    ids,
    select: [],
    filter: '',
    limit: DEFAULT_LIMIT,
    timeoutMs: DEFAULT_TIMEOUT_MS,
  })
