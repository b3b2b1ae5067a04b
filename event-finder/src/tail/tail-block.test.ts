import { type PositionRow, positionsOfRows, textAt } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { createTailBlock } from './tail-block.ts'

const row = (vehicleId: string, vehicleType = 'bus'): PositionRow => ({
  vehicleId,
  vehicleType,
  eventTime: 0,
  longitude: 1,
  latitude: 2,
  speed: 1,
  heading: 1,
})

test('rows whose id or type is missing or too long are passed over, as the collector does', () => {
  const long = 'é'.repeat(128)
  const block = createTailBlock(0)
  block.add(positionsOfRows([row('a'), row(''), row(long), row('b', ''), row('c', long), row('x'.repeat(255))]), 0)
  const { rows } = block.take(0, 1)!
  expect(Array.from(rows.vehicle, (id) => textAt(rows.vehicleIds, id))).toEqual(['a', 'x'.repeat(255)])
  expect(rows.vehicleTypes).toEqual(['bus'])
})

test('what a block says that it holds is what it holds, whatever its messages are', () => {
  const block = createTailBlock(0)
  for (let message = 0; message < 20; message++) {
    const rows = Array.from({ length: 200 }, (_, i) =>
      row(`${message} ${i}`.padEnd(250, 'v'), `${message} ${i}`.padEnd(250, 't')),
    )
    block.add(positionsOfRows(rows), 0)
    const held = block.take(0, message + 1)!.rows
    const arrays = [
      held.vehicleIds.offsets,
      held.vehicleIds.bytes,
      held.vehicleType,
      held.eventTime,
      held.longitude,
      held.latitude,
      held.speed,
      held.heading,
    ]
    const types = held.vehicleTypes.reduce((bytes, type) => bytes + type.length, 0)
    expect(block.bytes).toBeGreaterThan(arrays.reduce((bytes, { buffer }) => bytes + buffer.byteLength, 0) + types)
  }
})
