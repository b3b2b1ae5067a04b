import fc from 'fast-check'
import { textsOfStrings, bytesOfTexts } from '@fleetlake/columnar'
import { latestBatch } from '../latest/latest.ts'
import { INTERVAL_CLASSES } from '../presence/intervals.ts'
import { type PresenceRow, presenceOfRows } from '../presence/presence-rows.ts'
import type { Batch } from '../table/batch.ts'

const VEHICLES = ['v-1', 'v-2', 'v-10', 'ä', '\u{feff}v', '\u{ffff}', '\u{1f68c}']
const CELLS = ['u33d8', 'u33d9', '6cb13']
const DAY = 20_787
const DAY_MS = 86_400_000

/** A partial row, which may take back what others said. */
const arbitraryPresence: fc.Arbitrary<PresenceRow> = fc
  .record({
    vehicleId: fc.constantFrom(...VEHICLES),
    day: fc.integer({ min: DAY, max: DAY + 40 }),
    cell: fc.constantFrom(...CELLS),
    at: fc.nat(DAY_MS - 1),
    to: fc.nat(DAY_MS - 1),
    rows: fc.integer({ min: -2, max: 5 }),
    intervals: fc.dictionary(
      fc.constantFrom(...INTERVAL_CLASSES.slice(0, 3).map(String)),
      fc.integer({ min: -3, max: 3 }),
      {
        maxKeys: 3,
      },
    ),
  })
  .map(({ vehicleId, day, cell, at, to, rows, intervals }) => ({
    vehicleId,
    day,
    cell,
    rows,
    first: day * DAY_MS + Math.min(at, to),
    last: day * DAY_MS + Math.max(at, to),
    intervals: new Map(
      Object.entries(intervals)
        .flatMap(([seconds, count]) => (count === 0 ? [] : [[Number(seconds), count] as const]))
        .toSorted(([a], [b]) => a - b),
    ),
  }))

export const arbitraryPresenceBatch: fc.Arbitrary<Batch> = fc
  .array(arbitraryPresence, { minLength: 1, maxLength: 12 })
  .map(presenceOfRows)

const arbitraryPosition = fc.record({
  by: fc.constantFrom('order_id', 'vehicle_id'),
  key: fc.constantFrom(...VEHICLES),
  vehicle: fc.constantFrom(...VEHICLES),
  vehicleType: fc.constantFrom('bus', 'tram'),
  eventTime: fc.integer({ min: 0, max: 3 }).map((ms) => DAY * DAY_MS + ms),
  longitude: fc.integer({ min: 0, max: 2 }),
  latitude: fc.integer({ min: 0, max: 1 }),
  speed: fc.constantFrom(Number.NaN, -0, 0, 1.5),
  heading: fc.constantFrom(Number.NaN, 90),
  revision: fc.constantFrom(Number.NaN, 1, 2),
})

type Position = typeof arbitraryPosition extends fc.Arbitrary<infer Value> ? Value : never

const latestOf = (positions: readonly Position[]): Batch => {
  const texts = (of: (position: Position) => string) => {
    const all = positions.map(of)
    return { codes: Int32Array.from(all.keys()), texts: bytesOfTexts(textsOfStrings(all)) }
  }
  const [by, key, vehicle, type] = [
    texts((each) => each.by),
    texts((each) => each.key),
    texts((each) => each.vehicle),
    texts((each) => each.vehicleType),
  ]
  return latestBatch({
    length: positions.length,
    by: by.codes,
    bys: by.texts,
    key: key.codes,
    keys: key.texts,
    vehicle: vehicle.codes,
    vehicleIds: vehicle.texts,
    vehicleType: type.codes,
    vehicleTypes: type.texts,
    eventTime: Float64Array.from(positions, ({ eventTime }) => eventTime),
    longitude: Int32Array.from(positions, ({ longitude }) => longitude),
    latitude: Int32Array.from(positions, ({ latitude }) => latitude),
    speed: Float32Array.from(positions, ({ speed }) => speed),
    heading: Float32Array.from(positions, ({ heading }) => heading),
    revision: Float64Array.from(positions, ({ revision }) => revision),
  })
}

export const arbitraryLatestBatch: fc.Arbitrary<Batch> = fc
  .array(arbitraryPosition, { minLength: 1, maxLength: 12 })
  .map(latestOf)
