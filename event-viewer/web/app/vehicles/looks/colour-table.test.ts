import { expect, test } from 'vitest'
import { COLOUR_TABLE_WIDTH, createColourTable, fillColourTable, SPEED_ROW, TYPE_ROW } from './colour-table.ts'
import { bytesOf, createTypePalette, OTHER_COLOUR, TYPE_COLOURS } from './palette.ts'
import { colourOfStep, UNKNOWN_SPEED } from './speed-scale.ts'

test('the table has the colour of every type and every speed', () => {
  const table = createColourTable()
  fillColourTable(table, createTypePalette(['car', 'bus']), 'light')
  const at = (row: number, column: number): number[] => {
    const from = (row * COLOUR_TABLE_WIDTH + column) * 4
    return [...table.subarray(from, from + 4)]
  }
  expect(at(TYPE_ROW, 1)).toEqual([...bytesOf(TYPE_COLOURS.light[1]), 255])
  expect(at(TYPE_ROW, 2)).toEqual([...bytesOf(OTHER_COLOUR.light), 255])
  expect(at(SPEED_ROW, 100)).toEqual([...colourOfStep(100, 'light'), 255])
  expect(at(SPEED_ROW, UNKNOWN_SPEED)).toEqual([...bytesOf(OTHER_COLOUR.light), 255])
})
