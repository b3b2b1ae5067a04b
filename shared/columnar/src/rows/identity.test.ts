import { expect, test } from 'vitest'
import { compareReports, IDENTITY_KEYS, type IdentityColumns, isSameReport } from './identity.ts'

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
  expect([0, 1, 2, 3, 4].toSorted((a, b) => compareReports(columns, a, columns, b) || a - b)).toEqual([0, 1, 4, 3, 2])
})
