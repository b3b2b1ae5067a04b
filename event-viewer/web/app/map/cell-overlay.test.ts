import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellClasses } from './cell-overlay.ts'

test('every value is in one class, classes rise, and there are at most five', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1 }), (values) => {
      const classes = cellClasses(values)
      expect(classes.length).toBeLessThanOrEqual(Math.min(5, new Set(values).size))
      for (const value of values) {
        expect(classes.filter(({ from, to }) => value >= from && value <= to)).toHaveLength(1)
      }
      for (const [n, { from, to }] of classes.entries()) {
        expect(to).toBeGreaterThanOrEqual(from)
        expect(values).toContain(from)
        expect(values).toContain(to)
        if (n > 0) expect(from).toBeGreaterThan(classes[n - 1].to)
      }
    }),
  )
})

test('the many that are few and the few that are many have colours of their own', () => {
  expect(cellClasses([1, 2, 3, 4, 5, 6, 7, 8, 900, 1000])).toEqual([
    { from: 1, to: 2, color: '#414487' },
    { from: 3, to: 4, color: '#2a788e' },
    { from: 5, to: 6, color: '#22a884' },
    { from: 7, to: 8, color: '#7ad151' },
    { from: 900, to: 1000, color: '#fde725' },
  ])
  expect(cellClasses([7, 7])).toEqual([{ from: 7, to: 7, color: '#22a884' }])
  expect(cellClasses([])).toEqual([])
})
