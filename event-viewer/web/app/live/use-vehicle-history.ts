import { reasonOf } from '@fleetlake/core'
import { describeAnswer } from '@fleetlake/viewer-core'
import {
  computed,
  effectScope,
  readonly,
  ref,
  shallowReadonly,
  shallowRef,
  watch,
  type Ref,
  type ShallowRef,
} from 'vue'
import { useHub } from '../hub/use-hub.ts'
import type { SearchAnswer, SearchProgress } from '../hub/search/search-answer.ts'
import type { LiveVehicle } from '../hub/live/live-frame.ts'
import { mergeTracks, type Track, trackOf } from './track.ts'
import { useLive } from './use-live.ts'
import { lastHourOf } from './last-hour.ts'

export type HistoryState = 'none' | 'searching' | 'shown' | 'failed'

/** The last hour of the selected vehicle: what a search found of it, and its live reports since it was selected. */
export interface VehicleHistory {
  readonly state: Readonly<Ref<HistoryState>>
  readonly progress: Readonly<ShallowRef<SearchProgress | undefined>>
  /** Undefined while none is shown; grows as the vehicle reports. */
  readonly track: Readonly<ShallowRef<Track | undefined>>
  /** How complete what was found is, in a sentence; or why there is none. */
  readonly status: Readonly<Ref<string | undefined>>
  readonly isComplete: Readonly<Ref<boolean>>
  /** A row of the track that is pointed at. */
  readonly pointedRow: Ref<number | undefined>
  readonly isSearching: Readonly<Ref<boolean>>
  /** Searches the hour before the vehicle's newest report; what is shown already stays until there is an answer. */
  show(): Promise<void>
  hide(): void
}

const SLOT = 'vehicle'

const createVehicleHistory = (): VehicleHistory => {
  const { thread } = useHub()
  const { selected } = useLive()
  const state = ref<HistoryState>('none')
  const isSearching = ref(false)
  const progress = shallowRef<SearchProgress>()
  const answer = shallowRef<SearchAnswer>()
  const found = shallowRef<Track>()
  const fault = ref<string>()
  const fromMs = ref(0)
  const pointedRow = ref<number>()
  /** Number of searches that were begun: the answer of an older search is ignored. */
  let turn = 0

  const hide = (): void => {
    turn++
    if (isSearching.value) void thread.cancelSearch(SLOT)
    state.value = 'none'
    isSearching.value = false
    found.value = answer.value = progress.value = fault.value = pointedRow.value = undefined
  }
  watch(selected.id, hide)

  const search = async (newest: LiveVehicle): Promise<void> => {
    const mine = ++turn
    const input = lastHourOf(newest.id, newest.eventTime)
    isSearching.value = true
    if (found.value === undefined) state.value = 'searching'
    const outcome = await thread
      .search(SLOT, input, (next) => {
        if (mine === turn) progress.value = next
      })
      .catch((error: unknown) => ({ ok: false as const, message: reasonOf(error) }))
    if (mine !== turn) return
    isSearching.value = false
    fault.value = outcome.ok ? undefined : outcome.message
    if (outcome.ok) {
      answer.value = outcome.value
      fromMs.value = Date.parse(input.from)
      found.value = trackOf(outcome.value.found, newest.id)
    }
    state.value = found.value === undefined ? 'failed' : 'shown'
  }

  const show = async (): Promise<void> => {
    if (selected.report.value !== undefined) await search(selected.report.value)
  }

  const track = computed(() =>
    found.value === undefined ? undefined : mergeTracks(found.value, selected.heard.value, fromMs.value),
  )

  return {
    state: readonly(state),
    progress: shallowReadonly(progress),
    track,
    isSearching: readonly(isSearching),
    status: computed(() => fault.value ?? (answer.value === undefined ? undefined : sentenceOf(answer.value))),
    isComplete: computed(() => fault.value === undefined && answer.value?.outcome.status === 'complete'),
    pointedRow,
    show,
    hide,
  }
}

const sentenceOf = ({ outcome }: SearchAnswer): string => {
  const words = describeAnswer(outcome)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

let history: VehicleHistory | undefined

export const useVehicleHistory = (): VehicleHistory => (history ??= effectScope(true).run(createVehicleHistory)!)
