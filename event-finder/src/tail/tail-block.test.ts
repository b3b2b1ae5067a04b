import {
  type ColumnsBeside,
  isTextMeasure,
  measureValue,
  type PositionRow,
  positionsOfRows,
  textAt,
} from '@fleetlake/columnar'
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

const TABLE: ColumnsBeside = {
  measures: [
    { name: 'temperature', type: 'double' },
    { name: 'driver_id', type: 'string' },
  ],
}

test('measures of rows are where the table has them, whatever their messages have, and rows that were taken out stay', () => {
  const block = createTailBlock(0)
  const messages = [
    [row('a')],
    [
      { ...row('b'), measures: { temperature: 8 } },
      { ...row('c'), measures: { driver_id: 'x', doors: 2 } },
    ],
    [{ ...row('d'), measures: { temperature: 'warm' } }],
    [
      { ...row(''), measures: { temperature: 9 } },
      { ...row('e'), measures: { temperature: 9 } },
    ],
  ]
  const said = (from: number, to: number): unknown[] => {
    const { rows } = block.take(from, to)!
    return Array.from(rows.vehicle, (id, i) => [
      textAt(rows.vehicleIds, id),
      Object.fromEntries(rows.measures.map((column) => [column.spec.name, measureValue(column, i)])),
    ])
  }
  block.add(positionsOfRows(messages[0]), 0, TABLE)
  expect(said(0, 1)).toEqual([['a', {}]])
  block.add(positionsOfRows(messages[1]), 0, TABLE)
  const { rows: early } = block.take(0, 2)!
  block.add(positionsOfRows(messages[2]), 0, TABLE)
  block.add(positionsOfRows(messages[3]), 0, TABLE)
  expect(said(0, 4)).toEqual([
    ['a', { temperature: null, driver_id: null, attributes: null }],
    ['b', { temperature: 8, driver_id: null, attributes: null }],
    ['c', { temperature: null, driver_id: 'x', attributes: '{"doors":2}' }],
    ['d', { temperature: null, driver_id: null, attributes: '{"temperature":"warm"}' }],
    ['e', { temperature: 9, driver_id: null, attributes: null }],
  ])
  expect(said(2, 3)).toEqual([['d', { temperature: null, driver_id: null, attributes: '{"temperature":"warm"}' }]])
  expect(early.measures.map((column) => measureValue(column, 1))).toEqual([8, null, null])
})

test('a block counts what its measures take', () => {
  const block = createTailBlock(0)
  for (let message = 0; message < 20; message++) {
    const rows = Array.from({ length: 200 }, (_, i) => ({
      ...row(`v${i}`),
      measures: message === 3 ? { temperature: i, driver_id: `${message} ${i}`.padEnd(250, 'd') } : {},
    }))
    block.add(positionsOfRows(rows), 0, TABLE)
    const { measures, length } = block.take(0, message + 1)!.rows
    let bytes = 36 * length
    for (const column of measures) {
      bytes += isTextMeasure(column)
        ? column.codes.buffer.byteLength + column.texts.bytes.buffer.byteLength
        : column.values.buffer.byteLength
    }
    expect(block.bytes).toBeGreaterThan(bytes)
  }
})
