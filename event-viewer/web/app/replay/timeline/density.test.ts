import fc from 'fast-check'
import { expect, test } from 'vitest'
import { densityOf, densityPath } from './density.ts'

test('each report counts in the part of the period that it falls into, the last one too', () => {
  const times = Float64Array.of(0, 9, 10, 39, 40, 41, -1)
  expect(densityOf(times, { from: 0, to: 40 }, 4)).toEqual(Uint32Array.of(2, 1, 0, 2))
})

test('a period of one instant is all in the first part', () => {
  expect(densityOf(Float64Array.of(5, 5), { from: 5, to: 5 }, 3)).toEqual(Uint32Array.of(2, 0, 0))
})

test('no report of the period is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1e13 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 500 }),
      (times, parts) => {
        const extent = { from: Math.min(...times), to: Math.max(...times) }
        const counts = densityOf(Float64Array.from(times), extent, parts)
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(times.length)
      },
    ),
  )
})

test('the outline is a step for each part, as high as the root of its share of the most', () => {
  expect(densityPath(Uint32Array.of(0, 1, 4))).toBe('M0 1V1.000H1V0.500H2V0.000H3V1Z')
})
