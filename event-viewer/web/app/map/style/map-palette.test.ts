import { expect, test } from 'vitest'
import { MAP_PALETTES } from './map-palette.ts'
import type { Theme } from './map-palette.ts'

/** WCAG 2: relative luminance of a colour `#rrggbb`. */
const luminance = (color: string): number => {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (a: string, b: string): number => {
  const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

test.each<Theme>(['dark', 'light'])(
  'names on the %s map stand out from what they are on as text must (AA)',
  (theme) => {
    const { text, land, sea, park, beach, water } = MAP_PALETTES[theme]
    const pairs = {
      'place on land': [text.place, land],
      'place on its halo': [text.place, text.halo],
      'suburb on land': [text.suburb, land],
      'street on land': [text.street, land],
      'street on its halo': [text.street, text.halo],
      'park on park': [text.park, park],
      'park on land': [text.park, land],
      'beach on beach': [text.beach, beach],
      'water on sea': [text.water, sea],
      'water on water': [text.water, water],
    } as const
    const faint = Object.entries(pairs).filter(([, [a, b]]) => contrast(a, b) < 4.5)
    expect(faint.map(([name, [a, b]]) => `${name}: ${contrast(a, b).toFixed(2)}`)).toEqual([])
  },
)
