import fc from 'fast-check'
import { type MeasureSpec, measureOfValues } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { makeMergeColumns, type MergeColumns, mergeRows } from './merge-rows.ts'

interface Row {
  readonly vehicle: number
  readonly time: number
  readonly fuel: number | null
  readonly state: string | null
  readonly revision: number | null
  readonly isKept: boolean
}

const SPECS = {
  revision: { name: 'revision', type: 'long' },
  fuel: { name: 'fuel', type: 'double' },
  state: { name: 'state', type: 'string' },
} as const satisfies Record<string, MeasureSpec>

const columnsOf = (rows: readonly Row[]): MergeColumns => {
  const columns = makeMergeColumns(rows.length + 3)
  rows.forEach(({ vehicle, time, isKept }, i) => {
    columns.vehicle[i] = vehicle
    columns.eventTime[i] = time
    columns.isKept[i] = isKept ? 1 : 0
  })
  columns.measures = (['revision', 'fuel', 'state'] as const).map((key) =>
    measureOfValues(
      SPECS[key],
      rows.map((row) => row[key]),
    ),
  )
  return columns
}

/** Few values, so that many rows are equal in some or all of them. */
const someRows = fc.array(
  fc.record({
    vehicle: fc.nat(1),
    time: fc.nat(2),
    fuel: fc.constantFrom(null, 0, 7.5),
    state: fc.constantFrom(null, '', 'é'),
    revision: fc.constantFrom(null, 1, 2, 3),
    isKept: fc.boolean(),
  }),
  { maxLength: 60 },
)

const reportOf = ({ vehicle, time, fuel, state }: Row): string => JSON.stringify([vehicle, time, fuel, state])
const revisionOf = ({ revision }: Row): number => revision ?? -Infinity

test('of rows that are one report the one with the smallest revision is written, none if it is kept elsewhere', () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      const { order, duplicates, isKeptOutdone } = mergeRows(columnsOf(rows), rows.length, Int32Array.of(0, 1))
      const reports = Map.groupBy(
        rows.map((row, i) => ({ ...row, i })),
        reportOf,
      )
      const best = [...reports.values()].map((group) => ({
        group,
        row: group.toSorted(
          (a, b) => revisionOf(a) - revisionOf(b) || Number(b.isKept) - Number(a.isKept) || a.i - b.i,
        )[0],
      }))
      const isOutdone = best.some(({ group, row }) => !row.isKept && group.some(({ isKept }) => isKept))
      expect(isKeptOutdone).toBe(isOutdone)
      const expected = best.flatMap(({ row }) => (row.isKept ? [] : [row.i])).toSorted((a, b) => a - b)
      expect([...order].toSorted((a, b) => a - b)).toEqual(expected)
      expect(duplicates).toBe(rows.filter(({ isKept }) => !isKept).length - expected.length)
    }),
    { numRuns: 1_000 },
  )
})
