import { TOOL_BUTTONS } from '../../search/area/tools.ts'
import { type Page, PAGES } from '../../../api/pages.ts'

export interface Shortcut {
  readonly keys: readonly string[]
  readonly does: string
}

export interface ShortcutGroup {
  readonly title: string
  readonly shortcuts: readonly Shortcut[]
}

/** Every key of the pages that a person may see, for the list that `?` shows. */
export const shortcutsOf = (pages: readonly Page[]): readonly ShortcutGroup[] => {
  const hidden = new Set(PAGES.filter((page) => !pages.includes(page)).map(({ label }) => label))
  return groupsWith(pages).filter(({ title }) => !hidden.has(title))
}

/** A group has the title of the page that it is of. */
const groupsWith = (pages: readonly Page[]): readonly ShortcutGroup[] => [
  {
    title: 'Everywhere',
    shortcuts: [
      ...pages.map(({ key, label }) => ({ keys: [key], does: label })),
      { keys: ['H'], does: 'The whole city' },
      { keys: ['?'], does: 'This list' },
      { keys: ['Esc'], does: 'Close what is open' },
    ],
  },
  {
    title: 'Live',
    shortcuts: [
      { keys: ['/'], does: 'Find a vehicle' },
      { keys: ['F'], does: 'Follow the chosen vehicle' },
      { keys: ['C'], does: 'Colour by type or speed' },
    ],
  },
  {
    title: 'Search',
    shortcuts: [
      ...TOOL_BUTTONS.map(({ key, label }) => ({ keys: [key], does: label })),
      { keys: ['X'], does: 'Cut a hole next' },
      { keys: ['Ctrl', 'Z'], does: 'Undo' },
      { keys: ['Ctrl', 'Enter'], does: 'Search' },
    ],
  },
  {
    title: 'Replay',
    shortcuts: [
      { keys: ['Space', 'K'], does: 'Play, pause' },
      { keys: ['←', '→'], does: 'A little back, on' },
      { keys: ['⇧', '←', '→'], does: 'Ten times as far' },
      { keys: ['Home', 'End'], does: 'To the beginning, the end' },
      { keys: [',', '.'], does: 'Previous, next report' },
      { keys: ['+', '−'], does: 'Faster, slower' },
      { keys: ['L'], does: 'Loop' },
      { keys: ['F'], does: 'Follow the chosen vehicle' },
    ],
  },
  {
    title: 'Map, once it has the focus',
    shortcuts: [
      { keys: ['←', '↑', '↓', '→'], does: 'Pan' },
      { keys: ['+', '−'], does: 'Zoom' },
      { keys: ['⇧', '←', '→'], does: 'Rotate' },
    ],
  },
]
