import type { FoundRows } from '@fleetlake/viewer-core'
import { joinRows } from '@fleetlake/viewer-core'
import { expect, test } from 'vitest'
import { describeVehicle, nowhereText } from './describe-vehicle.ts'

const ROWS: FoundRows = {
  length: 4,
  ids: ['a', 'b'],
  types: ['bus', 'car'],
  type: Uint16Array.of(1, 0),
  start: Uint32Array.of(0, 3, 4),
  measures: [],
  eventTime: Float64Array.of(100, 110, 500, 300),
  longitude: Float64Array.of(0, 1, 2, 3),
  latitude: Float64Array.of(0, 1, 2, 3),
  speed: Float32Array.of(1, 2, 3, 4),
  heading: Float32Array.of(10, 20, 30, 40),
}
const at = (vehicle: number, time: number): ReturnType<typeof describeVehicle> =>
  describeVehicle(ROWS, { vehicle, time, isJoined: joinRows(ROWS, 60).isJoined })
const textAt = (vehicle: number, time: number): string | undefined => nowhereText(at(vehicle, time), String)

test('between two reports it is what the first of them said', () => {
  expect(at(0, 105)).toEqual({
    id: 'a',
    type: 'car',
    speed: 1,
    heading: 10,
    isNowhere: false,
    last: 100,
    next: 110,
  })
})

test('in a gap nothing is said of its speed', () => {
  expect(at(0, 200)).toMatchObject({ speed: NaN, heading: NaN, isNowhere: true, last: 110, next: 500 })
})

test('a vehicle of several types is of the type of its report', () => {
  const rows = { ...ROWS, rowType: Uint16Array.of(1, 0, 0, 0) }
  const typeAt = (time: number): string =>
    describeVehicle(rows, { vehicle: 0, time, isJoined: joinRows(ROWS, 60).isJoined }).type
  expect([typeAt(90), typeAt(105), typeAt(110)]).toEqual(['car', 'car', 'bus'])
})

test('why it is not to be seen is said', () => {
  expect([textAt(0, 99), textAt(0, 105), textAt(0, 200), textAt(0, 501), textAt(1, 300)]).toEqual([
    'Its first report is at 100.',
    undefined,
    'It did not report from 110 to 500.',
    'Its last report was at 500.',
    undefined,
  ])
})
