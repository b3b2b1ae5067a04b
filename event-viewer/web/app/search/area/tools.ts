import type { Tool } from './draw-modes.ts'

export interface ToolButton {
  readonly tool: Tool
  readonly label: string
  readonly icon: string
  readonly key: string
  /** What to do with it, while it is used. */
  readonly hint: string
  /** The same on a phone. */
  readonly touchHint: string
}

export const TOOL_BUTTONS: readonly ToolButton[] = [
  {
    tool: 'polygon',
    label: 'Polygon',
    icon: 'i-lucide-pentagon',
    key: 'P',
    hint: 'Click corner by corner; a double click, the first corner or Enter closes it',
    touchHint: 'Tap corner by corner',
  },
  {
    tool: 'rectangle',
    label: 'Rectangle',
    icon: 'i-lucide-square',
    key: 'R',
    hint: 'Drag from corner to corner, or click both',
    touchHint: 'Drag from corner to corner',
  },
  {
    tool: 'circle',
    label: 'Circle',
    icon: 'i-lucide-circle',
    key: 'C',
    hint: 'Drag from the middle to the edge, or click both',
    touchHint: 'Drag from the middle to the edge',
  },
  {
    tool: 'freehand',
    label: 'Freehand',
    icon: 'i-lucide-pencil',
    key: 'F',
    hint: 'Draw around the area with the button held; let go to close it',
    touchHint: 'Draw around the area',
  },
]
