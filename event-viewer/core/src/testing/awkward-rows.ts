import type { PositionRow } from '@fleetlake/columnar'
import fc from 'fast-check'

/** What has a meaning in some format. */
const AWKWARD = [
  ' ',
  ' a ',
  '"',
  "'",
  ',',
  'a,b',
  '\n',
  '\r\n',
  'a\rb',
  '\t',
  '\\',
  '<b>&amp;</b>',
  ']]>',
  '-->',
  '\u0000',
  '\u0001',
  '\u001F',
  '\u007F',
  '\u0085',
  '\u2028',
  '\uFFFE',
  'a\uFEFF',
  '𝄞',
  'é',
  'null',
  'NaN',
  '007',
  '=1+1',
]

/** Any text, and often one that means something in some format. */
export const awkwardText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.constantFrom('v-1', 'v-2', 'v-3'),
)
const float32 = fc.oneof(fc.constant(NaN), fc.float({ min: 0, max: Math.fround(359.9), noNaN: true }))
const micro = (limit: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: -limit * 1e6, max: limit * 1e6 }).map((n) => n / 1e6),
    fc.constantFrom(0, 0.000001, -0.000001, limit, -limit),
  )

/** Reports of few vehicles, often at one time, often near in time; any text is an id or a type. */
export const awkwardRow: fc.Arbitrary<PositionRow> = fc.record({
  vehicleId: awkwardText,
  vehicleType: fc.oneof(fc.constant('taxi'), awkwardText),
  eventTime: fc.oneof(fc.integer({ min: 0, max: 300_000 }), fc.integer({ min: 0, max: 4.1e12 })),
  longitude: micro(180),
  latitude: micro(90),
  speed: float32.map((value) => value + 0),
  heading: float32.map((value) => value + 0),
})

/** Batches of an answer, in the order in which they came. */
export const awkwardBatches: fc.Arbitrary<PositionRow[][]> = fc.array(
  fc.array(awkwardRow, { minLength: 1, maxLength: 12 }),
  { maxLength: 4 },
)
