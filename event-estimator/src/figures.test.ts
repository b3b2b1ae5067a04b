import {
  encodePositions,
  type PositionRow,
  type Rows,
  positionsOfRows,
  rowsOfArrays,
  textsOfStrings,
} from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { expect, test } from 'vitest'
import { FIGURES } from './figures.ts'

/** A report of each of some vehicles, one after the other. */
const rowsOf = (count: number): Rows =>
  rowsOfArrays({
    length: count,
    vehicleIds: textsOfStrings(Array.from({ length: count }, (_, i) => `vehicle-${10_000 + i}`)),
    vehicle: Int32Array.from({ length: count }, (_, i) => i),
    vehicleTypes: ['bus', 'taxi'],
    vehicleType: Int32Array.from({ length: count }, (_, i) => i % 2),
    eventTime: Float64Array.from({ length: count }, (_, i) => Date.UTC(2026, 10, 20) + ((i * 37) % 5_000)),
    longitude: Int32Array.from({ length: count }, (_, i) => -56_180_000 + ((i * 7_919) % 40_000)),
    latitude: Int32Array.from({ length: count }, (_, i) => -34_905_000 + ((i * 104_729) % 40_000)),
    speed: Float32Array.from({ length: count }, (_, i) => (i % 160) / 10),
    heading: Float32Array.from({ length: count }, (_, i) => (i * 7) % 360),
    measures: [],
  })

const reportsOf = (count: number): PositionRow[] => {
  const { eventTime, longitude, latitude, speed, heading } = rowsOf(count)
  return Array.from({ length: count }, (_, i) => ({
    vehicleId: `vehicle-${10_000 + i}`,
    vehicleType: i % 2 === 0 ? 'bus' : 'taxi',
    eventTime: eventTime[i],
    longitude: longitude[i],
    latitude: latitude[i],
    speed: speed[i],
    heading: heading[i],
  }))
}

test('a position takes on the hub what it is reckoned with', () => {
  const bytes = encodePositions(positionsOfRows(reportsOf(1_200))).length / 1_200
  expect(bytes).toBeGreaterThan(FIGURES.hubBytesPerPosition.value * 0.9)
  expect(bytes).toBeLessThan(FIGURES.hubBytesPerPosition.value * 1.1)
})

test('a file of few positions takes about what one is reckoned with', () => {
  for (const rows of [1, 10, 100]) {
    const bytes = parquetCodec.encode(rowsOf(rows)).length
    const reckoned = FIGURES.bytesPerLandedFile.value + rows * FIGURES.landedBytesPerPosition.value
    expect(bytes, `${rows} rows`).toBeLessThan(2 * reckoned)
    expect(bytes, `${rows} rows`).toBeGreaterThan(reckoned / 2)
  }
})

test('each figure says where it comes from', () => {
  expect(Object.values(FIGURES).every(({ value, from }) => value > 0 && from.length > 10)).toBe(true)
})
