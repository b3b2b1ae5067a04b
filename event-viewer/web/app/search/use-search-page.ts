import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useFleetMap } from '../map/use-fleet-map.ts'
import type { ViewBounds } from '../shell/view-bounds.ts'
import { readGap, writeGap } from './address/gap-code.ts'
import { addressOf, formatSearch, parseSearch } from './address/search-url.ts'
import { useAreas } from '../areas/use-areas.ts'
import { boundsOfShapes } from './area/bounds-of-shapes.ts'
import { useWhereShapes } from './named/use-where-shapes.ts'
import { usualPeriod } from './request/resolve-period.ts'
import type { SearchRequest, Where } from './request/search-request.ts'
import { faultOfAreas } from './search-input.ts'
import { showPlace } from './show-place.ts'
import { useArchiveExtent } from './use-archive-extent.ts'
import { useSearchForm } from './use-search-form.ts'
import { chosenGap, useSearch } from './use-search.ts'

export type SearchTab = 'form' | 'results'

export interface SearchPage {
  readonly tab: Ref<SearchTab>
  /** What of the page's address was not understood, for people. */
  readonly problems: Ref<readonly string[]>
  /** A search was asked for, and there is no area, or there are more than it takes. */
  readonly isAreaMissing: Ref<boolean>
  /** The form differs from the search whose answer is shown. */
  readonly isChanged: ComputedRef<boolean>
  /** Runs the search of the form, and puts it into the address. */
  run(): void
}

const tab = ref<SearchTab>('form')

/** Whether no place is chosen, or more areas than a search takes. */
const isNowhere = (where: Where): boolean =>
  (where.kind === 'shapes' && where.shapes.length === 0) ||
  (where.kind === 'areas' && faultOfAreas(where.areas) !== undefined)

/** Joins the form, the search and the page's address. Call it in the setup of the search page alone. */
export const useSearchPage = (): SearchPage => {
  const route = useRoute()
  const router = useRouter()
  const toast = useToast()
  const { whenReady, fitBounds, bounds } = useFleetMap()
  const { state, request, fixed, run: search } = useSearch()
  const { summary } = useArchiveExtent()
  const { refresh } = useAreas()
  const shapesOf = useWhereShapes()
  const form = useSearchForm()
  const problems = ref<readonly string[]>([])
  const isAreaMissing = ref(false)
  watch([form.shapes, form.named, form.whereKind], () => (isAreaMissing.value = false))
  const hasView = /[#&]map=/.test(location.hash)

  const address = (of: SearchRequest): string => JSON.stringify(formatSearch(of))
  const isMade = (wanted: SearchRequest): boolean =>
    [request.value, fixed.value].some((made) => made !== undefined && address(made) === address(wanted))

  const write = (of: SearchRequest, how: 'push' | 'replace'): void => {
    const query = addressOf(of)
    if (query === undefined && how === 'push') {
      toast.add({
        color: 'warning',
        icon: 'i-lucide-link-2-off',
        title: 'This search is too long for an address',
        description: 'It runs, but it can be neither reloaded nor shared: search for fewer ids, or in a simpler area.',
      })
    }
    void router[how]({ path: '/search', query: { ...query, ...writeGap(chosenGap.value) }, hash: location.hash })
  }
  const boundsOf = (where: Where): ViewBounds | undefined =>
    where.kind === 'view' ? where.bounds : boundsOfShapes(shapesOf(where))
  let lastRead: string | undefined
  const readAddress = async (): Promise<void> => {
    const { gap, ...query } = route.query
    const wanted = parseSearch(query)
    if (wanted !== undefined) chosenGap.value = readGap({ gap })
    // Another gap does not change the search, nor the form.
    const read = JSON.stringify(query)
    if (lastRead === read) return
    lastRead = read
    problems.value = wanted?.problems ?? []
    if (wanted === undefined) return
    form.fill(wanted.request)
    if (wanted.problems.length > 0) {
      tab.value = 'form'
      return
    }
    if (isMade(wanted.request)) return
    tab.value = 'results'
    void search(wanted.request)
    if (hasView) return
    const isStill = (): boolean => route.path === '/search' && lastRead === read
    await showPlace(wanted.request.where, { readAreas: refresh, whenReady, boundsOf, fitBounds, isStill })
  }
  const run = (): void => {
    problems.value = []
    const wanted = form.request(bounds.value)
    isAreaMissing.value = isNowhere(wanted.where)
    if (isAreaMissing.value) {
      tab.value = 'form'
      return
    }
    tab.value = 'results'
    void search(wanted)
    write(wanted, 'push')
  }

  if (parseSearch(route.query) === undefined && request.value !== undefined) write(request.value, 'replace')
  // Back and forward are searches too.
  watch(
    () => (route.path === '/search' ? route.fullPath.replace(/#.*/, '') : undefined),
    (path) => {
      if (path !== undefined) void readAddress()
    },
    { immediate: true },
  )
  watch(chosenGap, () => {
    const isSaid = route.path === '/search' && parseSearch(route.query) !== undefined
    if (isSaid && readGap(route.query) !== chosenGap.value) {
      void router.replace({ query: { ...route.query, ...writeGap(chosenGap.value) }, hash: location.hash })
    }
  })
  watch(
    summary,
    (archive) => {
      if (archive !== undefined) form.suggestWhen(usualPeriod({ now: Date.now(), archive }))
    },
    { immediate: true },
  )

  const isChanged = computed(() => {
    const made = request.value
    if (made === undefined || state.value === 'running') return false
    // Moving the map does not change the search until the user searches again.
    const view: ViewBounds = made.where.kind === 'view' ? made.where.bounds : bounds.value
    return address(form.request(view)) !== address(made)
  })
  return { tab, problems, isAreaMissing, isChanged, run }
}
