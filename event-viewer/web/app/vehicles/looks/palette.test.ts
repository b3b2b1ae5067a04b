import { expect, test } from 'vitest'
import { bytesOf, createTypePalette, OTHER_COLOUR, TYPE_COLOURS, TYPE_SLOTS, type Theme } from './palette.ts'
import { colourOfStep, SPEED_COLOURS, UNKNOWN_SPEED } from './speed-scale.ts'

type Triple = readonly [number, number, number]

/** What the map's ground and streets are about. */
const GROUND: Readonly<Record<Theme, string>> = { dark: '#16202e', light: '#eef1f4' }

const linear = (colour: string): Triple => {
  const channel = (byte: number): number => (byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4)
  const [red, green, blue] = bytesOf(colour)
  return [channel(red), channel(green), channel(blue)]
}

const dot = (one: Triple, other: Triple): number => one[0] * other[0] + one[1] * other[1] + one[2] * other[2]

const luminance = (colour: string): number => dot(linear(colour), [0.2126, 0.7152, 0.0722])

const contrast = (one: string, other: string): number => {
  const [low, high] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

/** What an eye without one kind of cone sees of linear light (Machado, Oliveira and Fernandes 2009, severity 1). */
const SIGHTS: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** Oklab, in which distances are about as the eye feels them; 0.02 is just noticed. */
const oklab = (light: Triple): Triple => {
  const cones = [
    dot(light, [0.4122214708, 0.5363325363, 0.0514459929]),
    dot(light, [0.2119034982, 0.6806995451, 0.1073969566]),
    dot(light, [0.0883024619, 0.2817188376, 0.6299787005]),
  ].map((cone) => Math.cbrt(Math.max(cone, 0))) as unknown as Triple
  return [
    dot(cones, [0.2104542553, 0.793617785, -0.0040720468]),
    dot(cones, [1.9779984951, -2.428592205, 0.4505937099]),
    dot(cones, [0.0259040371, 0.7827717662, -0.808675766]),
  ]
}

const seenBy = (sight: string, colour: string): Triple => {
  const light = linear(colour)
  return oklab(SIGHTS[sight].map((row) => dot(row, light)) as unknown as Triple)
}

const nearestPair = (colours: readonly string[], sight: string): number => {
  const seen = colours.map((colour) => seenBy(sight, colour))
  const distances = seen.flatMap((one, index) =>
    seen.slice(index + 1).map((other) => Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])),
  )
  return Math.min(...distances)
}

const hex = ([red, green, blue]: readonly [number, number, number]): string =>
  `#${[red, green, blue].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`

test.each(['dark', 'light'] as const)('every type has a colour of its own that stands out in the %s theme', (theme) => {
  expect(TYPE_COLOURS[theme].length).toBeGreaterThanOrEqual(8)
  for (const colour of TYPE_COLOURS[theme]) expect(contrast(colour, GROUND[theme]), colour).toBeGreaterThanOrEqual(3)
  for (const sight of Object.keys(SIGHTS)) expect(nearestPair(TYPE_COLOURS[theme], sight), sight).toBeGreaterThan(0.09)
})

test.each(['dark', 'light'] as const)('the speed scale goes steadily away from the ground in the %s theme', (theme) => {
  const steps = Array.from({ length: UNKNOWN_SPEED }, (_, step) => luminance(hex(colourOfStep(step, theme))))
  const away = theme === 'dark' ? 1 : -1
  // Bytes are coarse: sixteen steps are surely some way on.
  for (let step = 16; step < steps.length; step += 1) expect((steps[step] - steps[step - 16]) * away).toBeGreaterThan(0)
  expect(hex(colourOfStep(0, theme))).toBe(SPEED_COLOURS[theme][0])
  expect(hex(colourOfStep(UNKNOWN_SPEED - 1, theme))).toBe(SPEED_COLOURS[theme].at(-1))
  expect(contrast(SPEED_COLOURS[theme][0], GROUND[theme])).toBeGreaterThanOrEqual(2.7)
})

test('a type keeps its slot, and the known ones come first', () => {
  const palette = createTypePalette(['car', 'bus'])
  expect(['tram', 'bus', 'car', 'tram', 'van'].map(palette.slotOf)).toEqual([2, 1, 0, 2, 3])
  expect(palette.types).toEqual(['car', 'bus', 'tram', 'van'])
  expect(palette.colourOf('bus', 'dark')).toBe(TYPE_COLOURS.dark[1])
})

test('types beyond the palette share one colour, and those beyond the slots the last slot', () => {
  const palette = createTypePalette(Array.from({ length: TYPE_SLOTS + 5 }, (_, type) => `type ${type}`))
  expect(palette.colourOf('type 7', 'light')).toBe(TYPE_COLOURS.light[7])
  expect(palette.colourOf('type 8', 'light')).toBe(OTHER_COLOUR.light)
  expect(palette.slotOf('type 300')).toBe(TYPE_SLOTS - 1)
  expect(palette.types).toHaveLength(TYPE_SLOTS)
})

test('colours that are set take the place of the palette in both themes until others are', () => {
  const palette = createTypePalette(['car'])
  palette.setColours({ car: '#123456' })
  expect([palette.colourOf('car', 'dark'), palette.colourOf('car', 'light')]).toEqual(['#123456', '#123456'])
  palette.setColours({})
  expect(palette.colourOf('car', 'dark')).toBe(TYPE_COLOURS.dark[0])
})

test('a colour that is not one is refused', () => {
  expect(() => bytesOf('red')).toThrow("a colour is written #rrggbb, not 'red'")
})
