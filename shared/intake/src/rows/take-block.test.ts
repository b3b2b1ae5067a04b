import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planFields } from '../fields/plan-fields.ts'
import { type Block, START, valueOf } from '../formats/block.ts'
import { CSV } from '../formats/csv/read-csv.ts'
import { inputOf } from '../testing/read-all.ts'
import { inputReadingOf } from './input-reading.ts'
import { createBlockTaker } from './take-block.ts'
import { emptyTally } from './tally.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const utf8 = new TextDecoder()

const blockOf = async (text: string): Promise<Block | undefined> => {
  const options = { from: START, blockBytes: 1 << 20, signal: new AbortController().signal }
  for await (const block of CSV.read(inputOf(new TextEncoder().encode(text)), options)) return block
  return undefined
}

/** The same block with its texts as values, for which there is no fast way. */
const slowly = (block: Block): Block => ({
  ...block,
  fields: block.fields.map((field) => ({
    kind: 'value',
    values: Array.from({ length: block.rows }, (_, row) => valueOf(field, row)),
  })),
})

/** @param sample by which it is decided how the block is read */
const take = (block: Block, options: Parameters<typeof planFields>[0]['options'], sample = block): unknown => {
  const taken: unknown[] = []
  const tally = emptyTally()
  const taker = createBlockTaker({
    tally,
    latestMs: NOW,
    vehicleType: 'unknown',
    refuse: ({ place, reason }) => taken.push([place, reason]),
    sink: {
      begin: () => undefined,
      finish: () => undefined,
      add: (id, from, to, ...rest) => taken.push([utf8.decode(id.subarray(from, to)), ...rest]),
    },
  })
  taker.take(block, inputReadingOf(planFields({ format: CSV, sample: [sample], asked: {}, options, nowMs: NOW })))
  return { taken, tally }
}

const cell = {
  id: fc.constantFrom('a', ' a', 'v-17', '12.0', '357', '3.58899E+14', '', 'NA', 'é', 'null', 'x'.repeat(300)),
  time: fc.constantFrom(
    '2026-11-01T08:00:00Z',
    '2026-11-01 08:00:05+01:00',
    '2026-11-01T08:00:09.25Z',
    '2026-11-01 08:01',
    '2026-02-30T08:00:00Z',
    '2030-01-01T00:00:00Z',
    '1970-01-01T00:00:01Z',
    'soon',
    '',
  ),
  longitude: fc.constantFrom('104.1', '-0.0000001', '181', '1e1', ' 7.5', '0', '', 'x', '104.1234567', '.5'),
  latitude: fc.constantFrom('30.6', '-91', '0', '3.06e1', '30.6N', '', '30.60000049'),
  speed: fc.constantFrom('12.5', '-1', '5.0 kn', '', 'Unknown', '102.3', '2000', '-0'),
  heading: fc.constantFrom('90', '360', '511', '', '271°', '-5', 'N'),
  type: fc.constantFrom('taxi', ' taxi ', '', 'NA', 'ünder', 'truck'),
}
const someRows = fc.array(fc.record(cell), { minLength: 1, maxLength: 20 })

test('the fast way takes of each row what the slow way takes, or leaves it to that', async () => {
  await fc.assert(
    fc.asyncProperty(someRows, async (some) => {
      // Good rows in front show what is what.
      const good = Array.from(
        { length: 40 },
        (_, i) => `g${i % 3},2026-11-01T07:${10 + i}:00Z,104.${i},30.5,${i},7,taxi`,
      )
      const lines = some.map((row) => Object.values(row).join(','))
      const header = 'id,time,longitude,latitude,speed,heading,type'
      const sample = await blockOf([header, ...good].join('\n'))
      const block = await blockOf([header, ...good, ...lines].join('\n'))
      for (const options of [
        { timezone: 'Europe/Paris', speedUnit: 'm/s' as const },
        { speedUnit: 'km/h' as const, vehicleId: 'one' },
      ])
        expect(take(block!, options, sample)).toEqual(take(slowly(block!), options, sample))
    }),
    { numRuns: 300 },
  )
})

test('motion is derived from the row before, and what no such vehicle drives is counted and kept', async () => {
  const block = await blockOf(
    [
      'id,time,longitude,latitude,type',
      'a,2026-11-01T08:00:00Z,104.1,30.6,bus',
      'a,2026-11-01T08:00:10Z,104.1,30.601,bus',
      'a,2026-11-01T08:00:20Z,104.1,31.601,bus',
      'a,2026-11-01T09:00:20Z,104.1,31.602,bus',
    ].join('\n'),
  )
  const { taken, tally } = take(block!, {}) as { taken: unknown[][]; tally: ReturnType<typeof emptyTally> }
  expect(taken.map((row) => row.slice(5, 7))).toEqual([
    [NaN, NaN],
    [11.1, 0],
    [NaN, NaN],
    [NaN, NaN],
  ])
  expect(tally.doubts).toEqual({ implausible: 1 })
})

test('what a field does not say of a row stays unknown', async () => {
  const block = await blockOf(
    [
      'id,time,longitude,latitude,speed',
      'a,2026-11-01T08:00:00Z,104.1,30.6,3',
      'a,2026-11-01T08:00:10Z,104.1,30.601,',
      'a,2026-11-01T08:00:20Z,104.1,30.602,-1',
    ].join('\n'),
  )
  const { taken } = take(block!, { speedUnit: 'm/s' }) as { taken: unknown[][] }
  expect(taken.map((row) => row.slice(5, 7))).toEqual([
    [3, NaN],
    [NaN, 0],
    [NaN, 0],
  ])
})

test('a time that no calendar has is refused as others in the future are', async () => {
  const times = Array.from({ length: 40 }, (_, i) => 1_762_000_000 + i)
  const rows = [...times, 9_999_999_999_999].map((time) => `a,${time},104.1,30.6`)
  const block = await blockOf(['id,time,longitude,latitude', ...rows].join('\n'))
  expect(take(block!, {})).toMatchObject({ tally: { rows: 40, reasons: { 'in-the-future': 1 } } })
})
