import { computed, type ComputedRef } from 'vue'
import { faster, slower } from './clock/replay-clock.ts'
import type { ReplayAction } from './replay-key.ts'
import type { Extent } from './timeline/density.ts'
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

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400]

/** What an arrow key moves by, ms: a round time, about a two-hundredth of the period. */
export const skipOf = ({ from, to }: Extent): number =>
  (STEPS_S.find((seconds) => (to - from) / (seconds * 1000) <= 250) ?? STEPS_S.at(-1)!) * 1000
