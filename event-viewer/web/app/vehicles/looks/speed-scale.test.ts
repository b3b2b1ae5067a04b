import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SPEED_COLOURS, speedGradient, speedStepOf, TOP_SPEED_MPS } from './speed-scale.ts'

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
