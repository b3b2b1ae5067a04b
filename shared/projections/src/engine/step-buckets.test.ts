import { cellBounds, MICRO_PER_DEGREE, parseCell } from '@fleetlake/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from '../../../archive/src/testing/log-table.ts'
import { bucketOf } from '../buckets.ts'
import { BY, createWorld, type ProjectorStep } from '../testing/world.ts'

/** More than `npm test` has time for: `npm run test:projections -- --runs 5000`. */
const RUNS = Number(process.env['FLEETLAKE_PROJECTION_RUNS'] ?? 150)

const DATES = ['2026-11-18', '2026-11-19', '2026-11-20']
const CELLS = ['69y7p', '69y7q', '69y7r'].map((cell) => cellBounds(parseCell(cell), cell.length))

/** Of few possible ones, so that repeats, corrections and late ones are frequent. */
const aRow: fc.Arbitrary<Row> = fc
  .record({
    vehicle: fc.nat(3),
    cell: fc.nat(CELLS.length - 1),
    date: fc.constantFrom(...DATES),
    slot: fc.nat(9),
    place: fc.nat(1),
    revision: fc.option(fc.nat(3), { nil: undefined, freq: 3 }),
    state: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    speed: fc.nat(1),
  })
  .map(({ vehicle, cell, date, slot, place, revision, state, speed }) => ({
    vehicleId: `v-${vehicle}`,
    vehicleType: 'bus',
    time: Date.parse(`${date}T10:00:00Z`) + slot * slot * 9_000,
    x: Math.ceil(CELLS[cell].west * MICRO_PER_DEGREE) + 5 + place,
    y: Math.ceil(CELLS[cell].south * MICRO_PER_DEGREE) + 5,
    speed,
    heading: 0,
    measures: { ...(revision === undefined ? {} : { revision }), ...(state === undefined ? {} : { state }) },
  }))

const someRows = fc.array(aRow, { minLength: 1, maxLength: 12 })
const BUCKETS_USED = [...new Set(['v-0', 'v-1', 'v-2', 'v-3', 'a', 'b'].map(bucketOf))]
const someBuckets = fc.oneof(fc.constant(BUCKETS_USED), fc.subarray(BUCKETS_USED, { minLength: 1 }))
const stepOf = (who: fc.Arbitrary<number>): fc.Arbitrary<ProjectorStep> =>
  fc.record({
    who,
    buckets: someBuckets,
    isBehind: fc.boolean(),
    memory: fc.constantFrom(0, 40_000, Infinity),
    death: fc.option(fc.record({ after: fc.nat(20), isCarriedOut: fc.boolean() }), { nil: undefined, freq: 2 }),
  })
const aStep = stepOf(fc.nat(1))

const anEvent = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('write' as const), rows: someRows }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('step' as const), step: aStep }) },
  {
    weight: 1,
    // A projector takes one step after the other.
    arbitrary: fc.record({
      what: fc.constant('together' as const),
      first: stepOf(fc.constant(0)),
      second: stepOf(fc.constant(1)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('write foreign' as const), rows: someRows }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('remove' as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('drop date' as const),
      date: fc.constantFrom(DATES[0], DATES[1]),
      isFolded: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('key by' as const), columns: fc.subarray([BY]) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constantFrom(
        'compact' as const,
        'vacuum' as const,
        'tidy' as const,
        'copy' as const,
        'restore' as const,
      ),
    }),
  },
)
type WorldEvent = typeof anEvent extends fc.Arbitrary<infer Event> ? Event : never

const play = async (events: readonly WorldEvent[]) => {
  const world = await createWorld(BUCKETS_USED)
  let copy = world.copy()
  for (const event of events) {
    if (event.what === 'write') await world.write(event.rows)
    else if (event.what === 'write foreign') await world.writeForeign(event.rows)
    else if (event.what === 'step') await world.step(event.step)
    else if (event.what === 'together') await Promise.all([world.step(event.first), world.step(event.second)])
    else if (event.what === 'remove') await world.removeFile(event.which)
    else if (event.what === 'drop date') await world.dropDate(event.date, event.isFolded)
    else if (event.what === 'key by') world.keyBy(event.columns)
    else if (event.what === 'compact') await world.compact()
    else if (event.what === 'vacuum') await world.vacuum()
    else if (event.what === 'tidy') await world.tidy()
    else if (event.what === 'copy') copy = world.copy()
    else await world.restore(copy)
  }
  return world.settle()
}

interface LatestText {
  readonly by: string
  readonly key: string
  readonly time: number
}

/** The last position of a key stays when retention takes its row: keys are told as they are wanted where they have a later one, and left out where none is wanted. */
const withoutLater = (found: readonly string[], wanted: readonly string[]): string[] => {
  const keyOf = (text: string): string => {
    const { by, key } = JSON.parse(text) as LatestText
    return `${by} ${key}`
  }
  const timeOf = (text: string): number => (JSON.parse(text) as LatestText).time
  const byKey = new Map(found.map((text) => [keyOf(text), text]))
  return wanted.map((text) => {
    const row = byKey.get(keyOf(text)) ?? 'none'
    return row !== 'none' && timeOf(row) > timeOf(text) ? text : row
  })
}

test(
  'whatever happens to the table of positions and to projectors, projections come to what their batch computation comes to',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anEvent, { minLength: 1, maxLength: 14 }), async (events) => {
        const { isRetained, kept, presence, wantedPresence, latest, wantedLatest } = await play(events)
        expect(presence).toEqual(wantedPresence)
        expect(kept.filter((text) => !latest.includes(text))).toEqual([])
        expect(isRetained ? withoutLater(latest, wantedLatest) : latest).toEqual(wantedLatest)
      }),
      { numRuns: RUNS },
    )
  },
  24 * 3_600_000,
)
