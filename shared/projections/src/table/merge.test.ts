import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LATEST } from '../latest/latest.ts'
import {
  addIntervals,
  CLASSES,
  classOf,
  INTERVAL_CLASSES,
  parseIntervals,
  storeIntervals,
} from '../presence/intervals.ts'
import { PRESENCE } from '../presence/presence.ts'
import { type PresenceRow, presenceOfRows, rowsOfPresence } from '../presence/presence-rows.ts'
import { arbitraryLatestBatch, arbitraryPresenceBatch } from '../testing/arbitrary-rows.ts'
import { plainRows } from '../testing/plain-rows.ts'

const KINDS = [
  { kind: PRESENCE, batch: arbitraryPresenceBatch },
  { kind: LATEST, batch: arbitraryLatestBatch },
]

test.each(KINDS)(
  'rows of $kind.name are merged in any order and any groups, and again, to the same',
  ({ kind, batch }) => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 5 }), fc.nat(4), (batches, at) => {
        const all = plainRows(kind.merge(batches))
        const [left, right] = [batches.slice(0, at), batches.slice(at)]
        expect(plainRows(kind.merge([kind.merge(left), kind.merge(right)]))).toEqual(all)
        expect(plainRows(kind.merge([kind.merge(right), kind.merge(left)]))).toEqual(all)
        expect(plainRows(kind.merge(batches.toReversed()))).toEqual(all)
        expect(plainRows(kind.merge([kind.merge(batches)]))).toEqual(all)
      }),
      { numRuns: 100 },
    )
  },
)

/** The bytes of a key, whose order is that of the rows. */
const keyOf = (row: readonly unknown[], keys: number): Buffer =>
  Buffer.concat(
    row.slice(0, keys).map((value) => {
      if (typeof value === 'string') return Buffer.from(`${value}\0`)
      const number = Buffer.alloc(4)
      number.writeUInt32BE(value as number)
      return number
    }),
  )

test.each(KINDS)(
  'merged rows of $kind.name are in the order of their key by its bytes, each key once',
  ({ kind, batch }) => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 5 }), (batches) => {
        const keys = plainRows(kind.merge(batches)).map((row) => keyOf(row, kind.keys))
        expect(keys).toEqual(keys.toSorted((a, b) => Buffer.compare(a, b)))
        const given = batches.flatMap((each) => plainRows(each).map((row) => keyOf(row, kind.keys).toString('hex')))
        expect(new Set(given)).toEqual(new Set(keys.map((key) => key.toString('hex'))))
        expect(keys).toHaveLength(new Set(given).size)
      }),
    )
  },
)

test('an interval is of the least class that is not below it, and a longer one than a day of the last', () => {
  const classAt = (ms: number): number => INTERVAL_CLASSES[classOf(ms)]
  expect([1, 20_000, 20_001, 25_000, 59_999, 60_000, 60_001, 86_400_000, 86_400_001].map(classAt)).toEqual([
    20, 20, 25, 25, 60, 60, 75, 86_400, 86_400,
  ])
})

test('stored intervals are what was counted, with as little as says it', () => {
  const counts = (of: Readonly<Record<number, number>>): number[] => INTERVAL_CLASSES.map((seconds) => of[seconds] ?? 0)
  const stored = (of: Readonly<Record<number, number>>, rows: number): unknown => storeIntervals(counts(of), rows)
  expect([
    stored({}, 1),
    stored({}, 5),
    stored({ 20: 4 }, 5),
    stored({ 20: 5 }, 5),
    stored({ 20: 2, 60: -1 }, 1),
  ]).toEqual([
    { cadence: Number.NaN, text: undefined },
    { cadence: Number.NaN, text: undefined },
    { cadence: 20, text: undefined },
    { cadence: 20, text: '20:5' },
    { cadence: Number.NaN, text: '20:2,60:-1' },
  ])
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: CLASSES, maxLength: CLASSES }),
      fc.nat(9),
      (of, rows) => {
        const { cadence, text } = storeIntervals(of, rows)
        const read = new Int32Array(CLASSES)
        addIntervals(read, { cadence, rows, parsed: text === undefined ? undefined : parseIntervals(text) })
        expect([...read]).toEqual(of)
      },
    ),
  )
})

test('what a vehicle did in a cell is the sum of its partial rows, whichever came first', () => {
  const partial = (row: Partial<PresenceRow>): PresenceRow => ({
    vehicleId: 'v-1',
    day: 20_787,
    cell: 'u33d8',
    first: 1_000,
    last: 61_000,
    rows: 2,
    intervals: new Map([[60, 1]]),
    ...row,
  })
  const parts = [
    partial({}),
    partial({ first: 81_000, last: 101_000, intervals: new Map([[20, 2]]) }),
    // A report at 31 s came late: an interval of 60 s became two of 30.
    partial({
      first: 1_000,
      last: 101_000,
      rows: 1,
      intervals: new Map([
        [30, 2],
        [60, -1],
      ]),
    }),
  ]
  expect(rowsOfPresence(PRESENCE.merge(parts.toReversed().map((part) => presenceOfRows([part]))))).toEqual([
    {
      ...partial({}),
      last: 101_000,
      rows: 5,
      intervals: new Map([
        [20, 2],
        [30, 2],
      ]),
    },
  ])
})
