import { useEventListener } from '@vueuse/core'
import type { AreaDraw } from './area/use-area-draw.ts'
import { TOOL_BUTTONS } from './area/tools.ts'

export interface SearchKeyOptions {
  readonly draw: AreaDraw
  readonly isHoleNext: { value: boolean }
  readonly hasAreas: () => boolean
  readonly stopPicking: () => void
  /** There was nothing to give up. */
  readonly onEscape: () => void
  readonly run: () => void
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('[role=dialog]') !== null)

/** Keys of the search page, wherever the focus is; those without Ctrl do nothing while a text field has the focus. */
export const useSearchKeys = ({ draw, isHoleNext, hasAreas, stopPicking, onEscape, run }: SearchKeyOptions): void => {
  const whileDrawing = ({ key, target }: KeyboardEvent): boolean => {
    if (key === 'Escape') draw.end()
    else if (key === 'Backspace') draw.undo()
    else if (key === 'Enter') {
      // On the map itself the key is handled already.
      if (target instanceof HTMLCanvasElement || target instanceof HTMLButtonElement) return false
      draw.finish()
    } else return false
    return true
  }
  const whileIdle = ({ key }: KeyboardEvent): boolean => {
    if (key === 'Escape' && draw.selected.value !== undefined) draw.select(undefined)
    else if ((key === 'Delete' || key === 'Backspace') && draw.selected.value !== undefined) draw.removeSelected()
    else return false
    return true
  }
  const anytime = ({ key }: KeyboardEvent): boolean => {
    const button = TOOL_BUTTONS.find((each) => each.key.toLowerCase() === key.toLowerCase())
    if (button !== undefined) draw.begin(button.tool, { isCutting: isHoleNext.value })
    else if (key.toLowerCase() === 'x' && hasAreas()) {
      isHoleNext.value = !isHoleNext.value
      if (draw.tool.value !== undefined) draw.begin(draw.tool.value, { isCutting: isHoleNext.value })
    } else if (key === 'Escape') {
      stopPicking()
      onEscape()
      return false
    } else return false
    return true
  }
  const withCtrl = (event: KeyboardEvent): boolean => {
    const key = event.key.toLowerCase()
    if (key === 'enter') run()
    else if (isTyping(event.target)) return false
    else if (key === 'y' || (key === 'z' && event.shiftKey)) draw.redo()
    else if (key === 'z') draw.undo()
    else return false
    return true
  }
  useEventListener(window, 'keydown', (event) => {
    if (event.defaultPrevented || event.altKey) return
    const isHandled =
      event.ctrlKey || event.metaKey
        ? withCtrl(event)
        : !isTyping(event.target) &&
          ((draw.tool.value === undefined ? whileIdle(event) : whileDrawing(event)) || anytime(event))
    if (isHandled) event.preventDefault()
  })
}
