import { computed, type ComputedRef } from 'vue'
import { faster, slower } from './replay-clock.ts'
import type { ReplayAction } from './replay-key.ts'
import { skipOf } from './skip-step.ts'
import { useReplay } from './use-replay.ts'

/** What keys and buttons do. */
export const useReplayActions = (): { act(action: ReplayAction): void; readonly skipMs: ComputedRef<number> } => {
  const { clock, extent, toggle, seek, step, setSpeed, toggleLoop } = useReplay()
  const skipMs = computed(() => skipOf(extent.value))
  const act = (action: ReplayAction): void => {
    switch (action.do) {
      case 'toggle':
        return toggle()
      case 'faster':
        return setSpeed(faster(clock.value.speed))
      case 'slower':
        return setSpeed(slower(clock.value.speed))
      case 'loop':
        return toggleLoop()
      case 'previous-report':
        return step('previous')
      case 'next-report':
        return step('next')
      case 'to-start':
        return seek(clock.value.from)
      case 'to-end':
        return seek(clock.value.to)
      case 'skip':
        return seek(clock.value.time + action.steps * skipMs.value)
    }
  }
  return { act, skipMs }
}
