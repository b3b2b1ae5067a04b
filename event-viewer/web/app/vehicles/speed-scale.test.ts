import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf, createTypePalette, OTHER_COLOUR, TYPE_COLOURS } from './palette.ts'
import { createColourTable, fillColourTable, SPEED_ROW, TYPE_ROW, COLOUR_TABLE_WIDTH } from './colour-table.ts'
import { colourOfStep, SPEED_COLOURS, speedGradient, speedStepOf, TOP_SPEED_MPS, UNKNOWN_SPEED } from './speed-scale.ts'

test('standing is the first step, the top speed and more the last, and none is unknown', () => {
  expect([0, TOP_SPEED_MPS / 2, TOP_SPEED_MPS, 99, -1, Number.NaN].map(speedStepOf)).toEqual([0, 127, 254, 254, 0, 255])
})

test('a faster vehicle never has a lower step', () => {
  const speeds = fc.double({ min: 0, max: 60, noNaN: true })
  fc.assert(
    fc.property(speeds, speeds, (one, other) => {
      expect(speedStepOf(Math.max(one, other))).toBeGreaterThanOrEqual(speedStepOf(Math.min(one, other)))
    }),
  )
})

test('the legend shows the scale from standing to fast', () => {
  expect(speedGradient('dark')).toBe(`linear-gradient(to right, ${SPEED_COLOURS.dark.join(', ')})`)
})

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

test('a colour that is not one is refused', () => {
  expect(() => bytesOf('red')).toThrow("a colour is written #rrggbb, not 'red'")
})
