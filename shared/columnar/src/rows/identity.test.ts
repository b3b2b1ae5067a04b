import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MeasureSpec } from '../measures.ts'
import { compareReports, compareRevisions, IDENTITY_KEYS, type IdentityColumns, isSameReport } from './identity.ts'
import { measureOfValues } from './measure-columns.ts'

const columnsOf = (rows: readonly (readonly [time: number, x: number, y: number])[]): IdentityColumns => ({
  eventTime: rows.map(([time]) => time),
  longitude: rows.map(([, x]) => x),
  latitude: rows.map(([, , y]) => y),
})

test('two rows of a vehicle are one report if time and place are equal, and only then', () => {
  expect(IDENTITY_KEYS).toEqual(['eventTime', 'longitude', 'latitude'])
  const columns = columnsOf([
    [1, 2, 3],
    [1, 2, 3],
    [2, 2, 3],
    [1, 3, 3],
    [1, 2, 4],
  ])
  expect([1, 2, 3, 4].map((row) => isSameReport(columns, 0, columns, row))).toEqual([true, false, false, false])
  expect([0, 1, 2, 3, 4].toSorted((a, b) => compareReports(columns, a, b) || a - b)).toEqual([0, 1, 4, 3, 2])
})

const SPECS: readonly MeasureSpec[] = [
  { name: 'fuel', type: 'double' },
  { name: 'ignition', type: 'boolean' },
  { name: 'attributes', type: 'string' },
  { name: 'revision', type: 'long' },
]

const valuesOf = fc.tuple(
  fc.constantFrom(null, 0, 1, Infinity),
  fc.constantFrom(null, true, false),
  fc.constantFrom(null, '', 'a', 'ab', 'é'),
  fc.constantFrom(null, 1, 2),
)
type Values = (string | number | boolean | null)[]

/** Rows at one time and place with some measures, the others left out where no row has them. */
const measured = (rows: readonly Values[], isWhole = false): IdentityColumns => ({
  ...columnsOf(rows.map(() => [1, 2, 3])),
  measures: SPECS.flatMap((spec, i) => {
    const values = rows.map((row) => row[i])
    return isWhole || values.some((value) => value !== null) ? [measureOfValues(spec, values)] : []
  }),
})

test('every measure but the revision tells reports apart, whatever columns the rows lie in', () => {
  fc.assert(
    fc.property(fc.array(valuesOf, { minLength: 2, maxLength: 8 }), fc.nat(), (rows, seed) => {
      const key = (row: readonly unknown[]): string => JSON.stringify(row.slice(0, 3).map(String))
      const at = seed % rows.length
      const alone = measured([rows[at]])
      for (const columns of [measured(rows), measured(rows, true)]) {
        rows.forEach((row, j) => {
          const isSame = key(rows[at]) === key(row)
          expect(isSameReport(columns, at, columns, j)).toBe(isSame)
          expect(isSameReport(alone, 0, columns, j)).toBe(isSame)
          expect(isSameReport(columns, j, alone, 0)).toBe(isSame)
          expect(compareReports(columns, at, j) === 0).toBe(isSame)
          expect(Math.sign(compareReports(columns, at, j)) + Math.sign(compareReports(columns, j, at))).toBe(0)
        })
        const sorted = rows.map((_, i) => i).toSorted((a, b) => compareReports(columns, a, b))
        const keys = sorted.map((row) => key(rows[row]))
        expect(keys.filter((text, i) => text !== keys[i - 1])).toHaveLength(new Set(keys).size)
      }
    }),
  )
})

test('a text is another than a number, and of two revisions none comes first, then the smaller', () => {
  const [text, number] = [
    { ...columnsOf([[1, 2, 3]]), measures: [measureOfValues({ name: 'state', type: 'string' }, ['1'])] },
    { ...columnsOf([[1, 2, 3]]), measures: [measureOfValues({ name: 'state', type: 'double' }, [1])] },
  ]
  expect([isSameReport(text, 0, number, 0), isSameReport(number, 0, text, 0)]).toEqual([false, false])
  const columns = measured([7, null, 3].map((revision) => [1, true, 'a', revision]))
  expect([0, 1, 2].toSorted((a, b) => compareRevisions(columns, a, b))).toEqual([1, 2, 0])
  expect(compareRevisions(columnsOf([[1, 2, 3]]), 0, 0)).toBe(0)
})
