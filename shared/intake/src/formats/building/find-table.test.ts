import { expect, test } from 'vitest'
import { findTable } from './find-table.ts'

const table = (text: string, options = {}): unknown => {
  const found = findTable(
    text.split('\n').map((line) => line.split('|').map((cell) => cell.trim())),
    options,
  )
  return found === undefined
    ? undefined
    : [found.header, found.first, found.names.join(), Object.fromEntries(found.titles)]
}

test('a header at the beginning', () => {
  expect(table('id|time|lat|lon\n1|2026-01-05|1|2')).toEqual([0, 1, 'id,time,lat,lon', {}])
})

test('a header that is not in English is told by its cells', () => {
  expect(table('Fahrzeug|Zeit|Breite|Länge\nA|08:00|1,5|2')).toEqual([0, 1, 'Fahrzeug,Zeit,Breite,Länge', {}])
})

test('titles, blank rows, comments and sep=; before it', () => {
  const rows =
    'sep=;\n\nRoute report\nDevice:|van 1|\nGroup:||\nPeriod: 2026-01-05 - 2026-01-06\n# made by hand\n|Valid|Time|Latitude|Longitude\n|true|2026-01-05|1|2'
  expect(table(rows)).toEqual([
    7,
    8,
    ',Valid,Time,Latitude,Longitude',
    { Device: 'van 1', Period: '2026-01-05 - 2026-01-06' },
  ])
})

test('a table without a row', () => {
  expect(table('Device:|van 1\nTime|Latitude|Longitude')).toEqual([
    1,
    2,
    'Time,Latitude,Longitude',
    { Device: 'van 1' },
  ])
})

test('a header that begins as comments do', () => {
  expect(table('# Timestamp|MMSI|Latitude|Longitude\n05/01/2026 00:00:00|219|55|9')).toEqual([
    0,
    1,
    'Timestamp,MMSI,Latitude,Longitude',
    {},
  ])
})

test('a comment is no header where it is not as wide as rows are, though it names a position', () => {
  expect(table('# time|lat|lon\nid|t|x|y|z\na|b|c|d|e\nf|1|2|3|4')).toEqual([1, 2, 'id,t,x,y,z', {}])
})

test('a header with an empty cell', () => {
  expect(table('|Fahrzeug|Zeit|Breite|Länge\n0|A|08:00|1,5|2\n1|A|08:01|1,5|2')).toEqual([
    0,
    1,
    ',Fahrzeug,Zeit,Breite,Länge',
    {},
  ])
})

test('no header', () => {
  expect(table('1|2008-02-02 15:36:08|116.5|39.9\n1|2008-02-02 15:46:08|116.5|39.9')).toEqual([
    undefined,
    0,
    '1,2,3,4',
    {},
  ])
  expect(table('a|b\nc|d', { hasHeader: false })).toEqual([undefined, 0, '1,2', {}])
  expect(table('1|2\n3|4', { hasHeader: true })).toEqual([0, 1, '1,2', {}])
})

test('rows that are to be skipped', () => {
  expect(table('time|lat|lon\nid|at|x|y\n1|2|3|4', { skipLines: 1 })).toEqual([1, 2, 'id,at,x,y', {}])
})

test('no table', () => {
  expect(table('')).toBeUndefined()
  expect(table('only\none\ncolumn')).toBeUndefined()
})
