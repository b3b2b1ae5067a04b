import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distanceField } from './distance-field.ts'

/** The nearest mark by looking at all of them. */
const nearest = (marks: readonly boolean[], columns: number): number[] =>
  marks.map((_, cell) =>
    Math.min(
      1e12,
      ...marks.flatMap((isMarked, other) =>
        isMarked
          ? [
              ((cell % columns) - (other % columns)) ** 2 +
                (Math.floor(cell / columns) - Math.floor(other / columns)) ** 2,
            ]
          : [],
      ),
    ),
  )

test('each cell knows the squared distance to the nearest mark', () => {
  const grids = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .chain(([columns, rows]) =>
      fc.record({
        columns: fc.constant(columns),
        marks: fc.array(fc.boolean(), { minLength: columns * rows, maxLength: columns * rows }),
      }),
    )
    .filter(({ marks }) => marks.includes(true))
  fc.assert(
    fc.property(grids, ({ columns, marks }) => {
      expect([...distanceField(Uint8Array.from(marks, Number), columns)]).toEqual(nearest(marks, columns))
    }),
  )
})

test('where nothing is marked all is far', () => {
  expect(distanceField(new Uint8Array(6), 3).every((squared) => squared >= 1e12)).toBe(true)
})
