import { type Gap, type JoinedRows, joinRows } from '@fleetlake/viewer-core'
import { computed, effectScope, type ComputedRef, type Ref } from 'vue'
import { chosenGap as gap, useSearch } from './use-search.ts'
import type { VehicleSummaries } from '../hub/search/search-answer.ts'
import { summariseVehicles } from '../hub/search/summarise.ts'

/** The page's one choice of what is a gap: table, path, replay, export and link take the same. */
export interface ChosenGap {
  readonly gap: Ref<Gap>
  /** Of the answer that is there; another one only when the answer or the choice is another. */
  readonly joined: ComputedRef<JoinedRows | undefined>
  readonly summaries: ComputedRef<VehicleSummaries | undefined>
}

const create = (): ChosenGap => {
  const { answer } = useSearch()
  // The automatic one is made where the answer is, beside the page.
  const joined = computed(() => {
    if (answer.value === undefined || gap.value === 'automatic') return answer.value?.joined
    return joinRows(answer.value.found, gap.value)
  })
  const summaries = computed(() => {
    if (answer.value === undefined || joined.value === undefined || gap.value === 'automatic')
      return answer.value?.summaries
    return summariseVehicles(answer.value.found, joined.value.isJoined)
  })
  return { gap, joined, summaries }
}

let chosen: ChosenGap | undefined

/** Call it in a component's setup. */
export const useGap = (): ChosenGap => (chosen ??= effectScope(true).run(create)!)
