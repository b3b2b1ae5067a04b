import { computed, ref, type ComputedRef } from 'vue'
import { useLive } from './use-live.ts'

/** What the live panel shows below its counters. */
export type LivePanelView = 'overview' | 'generate' | 'vehicle'

export interface LivePanel {
  /** A selected vehicle is above all. */
  readonly view: ComputedRef<LivePanelView>
  open(view: 'overview' | 'generate'): void
  /** From the vehicle, or from the generation, to what was before. */
  back(): void
}

const opened = ref<'overview' | 'generate'>('overview')

export const useLivePanel = (): LivePanel => {
  const { selected, select } = useLive()
  return {
    view: computed(() => (selected.id.value === undefined ? opened.value : 'vehicle')),
    open: (view) => {
      opened.value = view
    },
    back: () => {
      if (selected.id.value === undefined) opened.value = 'overview'
      else select(undefined)
    },
  }
}
