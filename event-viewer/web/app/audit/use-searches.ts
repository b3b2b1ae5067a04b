import { readonly, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { KnownSearches } from '../../api/searches.ts'
import { fetchSearches, type SearchesAsked } from './fetch-searches.ts'

/** What is recorded of searches, by the last answer of the viewer's service. */
export interface Searches {
  readonly known: Readonly<ShallowRef<KnownSearches | undefined>>
  readonly isLoading: Readonly<Ref<boolean>>
  readonly fault: Readonly<Ref<string | undefined>>
  /** Of several that are asked for at once the last one counts. */
  ask(asked: SearchesAsked): Promise<void>
}

export const useSearches = (): Searches => {
  const known = shallowRef<KnownSearches>()
  const isLoading = ref(false)
  const fault = ref<string>()
  let last = 0
  return {
    known,
    isLoading: readonly(isLoading),
    fault: readonly(fault),
    ask: async (asked) => {
      const own = ++last
      isLoading.value = true
      try {
        const found = await fetchSearches(asked)
        if (own !== last) return
        known.value = found
        fault.value = undefined
      } catch (error) {
        if (own === last) fault.value = error instanceof Error ? error.message : String(error)
      } finally {
        if (own === last) isLoading.value = false
      }
    },
  }
}
