import { formatSearch, parseSearch } from '../search/address/search-url.ts'
import type { SearchRequest } from '../search/request/search-request.ts'
import { useSearch } from '../search/use-search.ts'

/**
 * Has the search of the page's address made, unless it is the one that was made last.
 * @returns `problems`: what of the address is not understood; nothing is searched then
 */
export const useReplaySearch = (): { readonly problems: readonly string[] } => {
  const { request, fixed, run } = useSearch()
  const wanted = parseSearch(useRoute().query)
  if (wanted === undefined) return { problems: [] }
  const address = JSON.stringify(formatSearch(wanted.request))
  const isWanted = (made: SearchRequest | undefined): boolean =>
    made !== undefined && JSON.stringify(formatSearch(made)) === address
  const isMade = isWanted(request.value) || isWanted(fixed.value)
  if (wanted.problems.length === 0 && !isMade) void run(wanted.request)
  return { problems: wanted.problems }
}
