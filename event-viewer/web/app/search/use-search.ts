import type { Gap } from '@fleetlake/viewer-core'
import { readonly, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { RouteLocationRaw } from 'vue-router'
import { fetchArchive } from '../archive/fetch-archive.ts'
import type { SearchAnswer, SearchInput, SearchProgress } from '../hub/search/search-answer.ts'
import type { UsedHub } from '../hub/use-hub.ts'
import { useHub } from '../hub/use-hub.ts'
import { earliestSearch } from '../login/earliest-search.ts'
import { writeGap } from './address/gap-code.ts'
import { addressOf } from './address/search-url.ts'
import type { PeriodContext } from './request/resolve-period.ts'
import type { SearchRequest } from './request/search-request.ts'
import { resolveSearch } from './search-input.ts'

export type SearchState = 'idle' | 'running' | 'done' | 'failed'

/** The page's one search, shared by the pages that make and replay it; it goes on while other pages are shown. */
export interface Search {
  readonly state: Readonly<Ref<SearchState>>
  /** Of the search that runs. */
  readonly progress: Readonly<ShallowRef<SearchProgress | undefined>>
  /** Of the last search that ended with one; stays until another has. Its arrays are not to be written. */
  readonly answer: Readonly<ShallowRef<SearchAnswer | undefined>>
  /** Why the last search has no answer, for people. */
  readonly fault: Readonly<Ref<string | undefined>>
  /** What was searched for last. */
  readonly request: Readonly<ShallowRef<SearchRequest | undefined>>
  /** The same with the times that were searched; undefined before they are known. */
  readonly fixed: Readonly<ShallowRef<SearchRequest | undefined>>
  /** Resolves when it has ended. A search that still runs is cancelled. */
  run(request: SearchRequest): Promise<void>
  /** What has come so far is the answer. */
  cancel(): void
  /** A page with the last search in its address, unless that would be too long, and what is a gap: `<NuxtLink :to="routeTo('/replay')">`. */
  routeTo(path: string): RouteLocationRaw
}

/** The page's one choice of what is a gap. */
export const chosenGap = ref<Gap>('automatic')

const SLOT = 'search'

const state = ref<SearchState>('idle')
const progress = shallowRef<SearchProgress>()
const answer = shallowRef<SearchAnswer>()
const fault = ref<string>()
const request = shallowRef<SearchRequest>()
const fixed = shallowRef<SearchRequest>()
/** Counts searches, so that the progress and the end of an overtaken search are ignored. */
let latest = 0

const run = async (asked: SearchRequest, thread: UsedHub['thread']): Promise<void> => {
  const mine = ++latest
  state.value = 'running'
  progress.value = undefined
  fault.value = undefined
  request.value = asked
  fixed.value = undefined
  const fail = (message: string): void => {
    if (mine !== latest) return
    state.value = 'failed'
    fault.value = message
  }
  try {
    const resolved = resolveSearch(asked, await contextOf(asked))
    if (mine !== latest) return
    if (!resolved.ok) return fail(resolved.problem)
    fixed.value = fixedRequest(asked, resolved.input)
    const outcome = await thread.search(SLOT, resolved.input, (told) => {
      if (mine === latest) progress.value = told
    })
    if (mine !== latest) return
    if (!outcome.ok) return fail(outcome.message)
    answer.value = outcome.value
    state.value = 'done'
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
}

/** The archive is asked for its newest event only where the period depends on it. */
const contextOf = async ({ when }: SearchRequest): Promise<PeriodContext> => {
  const isNeeded = when.kind === 'all' || (when.kind === 'last' && when.until === 'newest')
  const archive = isNeeded ? await fetchArchive({ bins: 2 }).catch(() => undefined) : undefined
  const now = Date.now()
  return { now, archive, earliest: earliestSearch(now) }
}

const fixedRequest = (asked: SearchRequest, { from, to }: SearchInput): SearchRequest => ({
  ...asked,
  when: { kind: 'exact', from: Date.parse(from), to: Date.parse(to) },
})

/** Call it in a component's setup. */
export const useSearch = (): Search => {
  const { thread } = useHub()
  return {
    state: readonly(state),
    progress,
    answer,
    fault: readonly(fault),
    request,
    fixed,
    run: (asked) => run(asked, thread),
    cancel: () => {
      if (state.value === 'running') void thread.cancelSearch(SLOT)
    },
    routeTo: (path) => {
      const query = request.value === undefined ? {} : (addressOf(request.value) ?? {})
      return { path, query: { ...query, ...writeGap(chosenGap.value) } }
    },
  }
}
