import { useEventListener } from '@vueuse/core'
import { readonly, ref, type Ref } from 'vue'
import { useReplay } from '../use-replay.ts'

/**
 * Seeks where the track is pressed and dragged, by mouse, pen or finger; playing goes on when it is let go.
 * @returns `hovered`: the time under a mouse, ms since the epoch
 */
export const useScrub = (
  track: Readonly<Ref<HTMLElement | null>>,
): { readonly hovered: Readonly<Ref<number | undefined>> } => {
  const { clock, extent, seek, pause, toggle } = useReplay()
  const hovered = ref<number>()
  let dragging: number | undefined
  let wasPlaying = false

  const timeAt = ({ clientX }: PointerEvent): number => {
    const box = track.value!.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (clientX - box.left) / Math.max(1, box.width)))
    return extent.value.from + share * (extent.value.to - extent.value.from)
  }
  const end = ({ pointerId }: PointerEvent): void => {
    if (pointerId !== dragging) return
    dragging = undefined
    if (wasPlaying && !clock.value.isPlaying && clock.value.time < clock.value.to) toggle()
  }
  useEventListener(track, 'pointerdown', (event) => {
    if (event.button !== 0 || dragging !== undefined) return
    dragging = event.pointerId
    wasPlaying = clock.value.isPlaying
    pause()
    track.value!.setPointerCapture(event.pointerId)
    seek(timeAt(event))
  })
  useEventListener(track, 'pointermove', (event) => {
    if (event.pointerType === 'mouse') hovered.value = timeAt(event)
    if (event.pointerId === dragging) seek(timeAt(event))
  })
  useEventListener(track, 'pointerleave', () => (hovered.value = undefined))
  useEventListener(track, ['pointerup', 'pointercancel'], end)
  return { hovered: readonly(hovered) }
}
