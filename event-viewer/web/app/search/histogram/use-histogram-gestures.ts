import { useEventListener } from '@vueuse/core'
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { Period } from '../../shell/period.ts'
import { moved, ordered, zoomed } from './histogram-view.ts'

export interface GestureOptions {
  readonly view: Readonly<ShallowRef<Period>>
  readonly show: (period: Period) => void
  readonly chosen: Readonly<Ref<Period>>
  readonly choose: (period: Period) => void
}

export interface Gestures {
  /** What is being brushed. */
  readonly brushed: ShallowRef<Period | undefined>
  /** The instant under the pointer. */
  readonly pointed: Ref<number | undefined>
}

type Drag =
  | { readonly kind: 'brush'; readonly from: number; readonly startX: number }
  | { readonly kind: 'edge'; readonly fixed: number }
  | { readonly kind: 'move'; readonly grabbed: number; readonly period: Period }

/** A click that trembles is not a brush. */
const STILL_PX = 4
/** Of the view: a longer period has hardly any room to be moved, and is brushed again. */
const MOVABLE = 0.7
const WHEEL_PER_PX = 0.002

/**
 * Dragging brushes a new period, moves the one that is chosen, or one of its ends; the wheel and two fingers zoom, the wheel with Shift
 * moves.
 * @param plot whose parent holds the ends as elements with `data-side`
 */
export const useHistogramGestures = (plot: Readonly<Ref<HTMLElement | null>>, options: GestureOptions): Gestures => {
  const { view, show, chosen, choose } = options
  const brushed = shallowRef<Period>()
  const pointed = ref<number>()
  const pointers = new Map<number, number>()
  let drag: Drag | undefined
  let pinch: { readonly view: Period; readonly a: number; readonly b: number } | undefined

  const timeAt = (clientX: number): number => {
    const { left, width } = plot.value!.getBoundingClientRect()
    const share = Math.max(0, Math.min(1, (clientX - left) / width))
    return view.value.from + share * (view.value.to - view.value.from)
  }
  /** To the second: a gesture is not exact to a millisecond. */
  const second = (time: number): number => Math.round(time / 1000) * 1000
  const dragOf = (event: PointerEvent): Drag => {
    const side = event.target instanceof HTMLElement ? event.target.dataset['side'] : undefined
    if (side !== undefined) return { kind: 'edge', fixed: side === 'from' ? chosen.value.to : chosen.value.from }
    const time = timeAt(event.clientX)
    const { from, to } = chosen.value
    const isNarrow = to - from < MOVABLE * (view.value.to - view.value.from)
    if (isNarrow && time > from && time < to) return { kind: 'move', grabbed: time, period: chosen.value }
    return { kind: 'brush', from: time, startX: event.clientX }
  }
  const follow = (event: PointerEvent): void => {
    const time = timeAt(event.clientX)
    if (drag?.kind === 'edge') brushed.value = ordered(second(drag.fixed), second(time))
    else if (drag?.kind === 'move') brushed.value = moved(drag.period, second(time - drag.grabbed))
    else if (drag !== undefined && (brushed.value !== undefined || Math.abs(event.clientX - drag.startX) >= STILL_PX)) {
      brushed.value = ordered(second(drag.from), second(time))
    }
  }
  const pinchBy = (): void => {
    const [a, b] = [...pointers.values()]
    if (pinch === undefined || b === undefined) return
    const { left, width } = plot.value!.getBoundingClientRect()
    const span = pinch.view.to - pinch.view.from
    const factor = Math.max(1, Math.abs(pinch.a - pinch.b)) / Math.max(1, Math.abs(a - b))
    const at = pinch.view.from + (((pinch.a + pinch.b) / 2 - left) / width) * span
    const shifted = ((pinch.a + pinch.b - a - b) / 2 / width) * span * factor
    show(moved(zoomed(pinch.view, { at, factor }), shifted))
  }

  const box = (): HTMLElement | null => plot.value?.parentElement ?? null
  useEventListener(box, 'pointerdown', (event) => {
    if (event.button !== 0) return
    pointers.set(event.pointerId, event.clientX)
    if (event.target instanceof HTMLElement) event.target.focus({ preventScroll: true })
    box()?.setPointerCapture(event.pointerId)
    if (pointers.size === 2) {
      const [a, b] = [...pointers.values()]
      pinch = { view: view.value, a, b }
      drag = brushed.value = undefined
    } else {
      drag = dragOf(event)
    }
    event.preventDefault()
  })
  useEventListener(box, 'pointermove', (event) => {
    pointed.value = event.pointerType === 'touch' && drag === undefined ? undefined : timeAt(event.clientX)
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, event.clientX)
    if (pinch === undefined) follow(event)
    else pinchBy()
  })
  const end = (event: PointerEvent): void => {
    pointers.delete(event.pointerId)
    if (pointers.size === 0) pinch = undefined
    if (brushed.value !== undefined && event.type === 'pointerup') choose(brushed.value)
    drag = brushed.value = undefined
    if (event.pointerType === 'touch') pointed.value = undefined
  }
  useEventListener(box, ['pointerup', 'pointercancel'], end)
  useEventListener(box, 'pointerleave', () => (pointed.value = undefined))
  useEventListener(
    box,
    'wheel',
    (event) => {
      event.preventDefault()
      const span = view.value.to - view.value.from
      const sideways = event.shiftKey ? event.deltaY : event.deltaX
      if (sideways !== 0) show(moved(view.value, (sideways / (plot.value?.clientWidth ?? 1)) * span))
      else show(zoomed(view.value, { at: timeAt(event.clientX), factor: Math.exp(event.deltaY * WHEEL_PER_PX) }))
    },
    { passive: false },
  )
  return { brushed, pointed }
}
