/** Which of the two looks of the page a colour must stand out on. */
export type Theme = 'dark' | 'light'

/**
 * Colours of vehicle types, in the order in which they are given out. In each theme any two are told apart by an eye without
 * red, green or blue cones too, and each has a contrast of 3 : 1 or more with the map (`palette.test.ts`). The hue of a colour
 * is about the same in both, so that a type keeps its colour's name when the theme changes.
 */
export const TYPE_COLOURS: Readonly<Record<Theme, readonly string[]>> = {
  dark: ['#a8fefc', '#d98c29', '#a185d1', '#c74f6e', '#eeed5f', '#74bba0', '#f2a3fb', '#4b67fa'],
  light: ['#348abf', '#a4430a', '#c14aff', '#f01f8c', '#8f882b', '#00785d', '#781e5a', '#3c3ea8'],
}

/** Of all types beyond: more colours than these would not be told apart. */
export const OTHER_COLOUR: Readonly<Record<Theme, string>> = { dark: '#94a3b8', light: '#64748b' }

/** Types that a segment can name; those beyond share the last slot. */
export const TYPE_SLOTS = 256

/** Which vehicle type has which colour: one for the whole page, so that map, legend and table agree. */
export interface TypePalette {
  /** The slot of a type: given in the order of asking, and never given again to another. */
  slotOf(type: string): number
  /** `#rrggbb` */
  colourOf(type: string, theme: Theme): string
  /** Colours by name of type instead of the palette's own, whatever the theme; replaces what was set before. */
  setColours(colours: Readonly<Record<string, string>>): void
  /** Slots that are given out, in order: the names of their types. */
  readonly types: readonly string[]
}

/** @param known types that get the first slots, in this order: what is known beforehand looks the same after every reload */
export const createTypePalette = (known: readonly string[] = []): TypePalette => {
  const types = [...new Set(known)].slice(0, TYPE_SLOTS)
  const slots = new Map(types.map((type, slot) => [type, slot]))
  let own: Readonly<Record<string, string>> = {}

  const slotOf = (type: string): number => {
    const given = slots.get(type)
    if (given !== undefined) return given
    const slot = Math.min(types.length, TYPE_SLOTS - 1)
    slots.set(type, slot)
    if (types.length < TYPE_SLOTS) types.push(type)
    return slot
  }

  return {
    types,
    slotOf,
    colourOf: (type, theme) => own[type] ?? TYPE_COLOURS[theme][slotOf(type)] ?? OTHER_COLOUR[theme],
    setColours: (colours) => {
      own = colours
    },
  }
}

/** Those that the generator knows come first. */
export const typePalette: TypePalette = createTypePalette(['car', 'taxi', 'van', 'truck', 'bus'])

/** @param colour `#rrggbb` @returns red, green and blue, 0 to 255 */
export const bytesOf = (colour: string): readonly [number, number, number] => {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw new Error(`a colour is written #rrggbb, not '${colour}'`)
  const value = Number.parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}
