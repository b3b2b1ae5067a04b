/** What a key does to a replay. */
export type ReplayAction =
  | { readonly do: 'toggle' | 'faster' | 'slower' | 'loop' | 'previous-report' | 'next-report' | 'to-start' | 'to-end' }
  | { readonly do: 'skip'; readonly steps: number }

/** What is used here of a keyboard event and of the element that it went to. */
export interface KeyPress {
  readonly key: string
  readonly isShift: boolean
  /** With Control, Alt or Meta it is the browser's. */
  readonly isModified: boolean
  /** `text`: keys are written there; `control`: Space and Enter press it; `map`: arrows, + and − move it. */
  readonly target: 'text' | 'control' | 'map' | 'timeline' | 'page'
}

const LETTERS: Readonly<Record<string, ReplayAction>> = {
  k: { do: 'toggle' },
  l: { do: 'loop' },
  ',': { do: 'previous-report' },
  '.': { do: 'next-report' },
}
const SPEED_KEYS: Readonly<Record<string, ReplayAction>> = {
  '+': { do: 'faster' },
  '=': { do: 'faster' },
  '-': { do: 'slower' },
}
const LONG_STEP = 10
const PAGE_STEP = 20

const moveOf = (key: string, isShift: boolean): ReplayAction | undefined => {
  const long = isShift ? LONG_STEP : 1
  switch (key) {
    case 'ArrowLeft':
      return { do: 'skip', steps: -long }
    case 'ArrowRight':
      return { do: 'skip', steps: long }
    case 'PageDown':
      return { do: 'skip', steps: -PAGE_STEP }
    case 'PageUp':
      return { do: 'skip', steps: PAGE_STEP }
    case 'Home':
      return { do: 'to-start' }
    case 'End':
      return { do: 'to-end' }
    default:
      return undefined
  }
}

/** Never takes a key from what it was meant for: a text that is written, a button that is pressed, the map. */
export const replayAction = ({ key, isShift, isModified, target }: KeyPress): ReplayAction | undefined => {
  if (isModified || target === 'text') return undefined
  const letter = LETTERS[key.toLowerCase()]
  if (letter !== undefined) return letter
  if (key === ' ') return target === 'control' ? undefined : { do: 'toggle' }
  if (target === 'map') return undefined
  if (key in SPEED_KEYS) return SPEED_KEYS[key]
  return target === 'control' ? undefined : moveOf(key, isShift)
}

const TEXT =
  'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="listbox"], [role="menu"], [role="dialog"]'
const CONTROL = 'button, a[href], summary, [role="button"], [role="tab"], [role="switch"], [role="radio"]'

/** Where a key press went to. */
export const keyTargetOf = (element: Element | null): KeyPress['target'] => {
  if (element === null) return 'page'
  if (element.closest('[role="slider"]') !== null) return 'timeline'
  if (element.closest(TEXT) !== null) return 'text'
  if (element.closest('.maplibregl-map') !== null) return 'map'
  return element.closest(CONTROL) === null ? 'page' : 'control'
}
