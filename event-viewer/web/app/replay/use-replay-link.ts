import { useDocumentVisibility, watchThrottled } from '@vueuse/core'
import { formatSearch } from '../search/address/search-url.ts'
import { useSearch } from '../search/use-search.ts'
import { readReplayLink, writeReplayLink } from './replay-link.ts'
import { useReplay } from './use-replay.ts'

/** How often the address follows while it plays: browsers refuse an address that changes all the time. */
const EVERY_MS = 2000

/**
 * Keeps the replay's instant, speed and followed vehicle in the page's address, beside the search with the times that were
 * searched, and opens at those of a link.
 */
export const useReplayLink = (): void => {
  const { clock, found, link, open } = useReplay()
  const { fixed, state } = useSearch()
  const route = useRoute()
  const router = useRouter()
  // An address that is written would call off the leaving of the page that is under way.
  let isLeaving = false
  onScopeDispose(
    router.beforeEach((to) => {
      isLeaving = to.path !== '/replay'
    }),
  )
  const visibility = useDocumentVisibility()
  open(readReplayLink(route.query))

  const write = (): void => {
    if (found.value === undefined || fixed.value === undefined || state.value !== 'done') return
    if (isLeaving || router.currentRoute.value.path !== '/replay') return
    void router.replace({
      path: '/replay',
      query: { ...formatSearch(fixed.value), ...writeReplayLink(link.value) },
      hash: location.hash,
    })
  }
  watchThrottled(link, write, { throttle: EVERY_MS, trailing: true, leading: false })
  watch([found, () => clock.value.isPlaying, () => clock.value.speed, () => link.value.gap, visibility], write)
  onMounted(write)
}
