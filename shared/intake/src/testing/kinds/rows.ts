import { gzipSync } from 'node:zlib'
import { csv, type KindGroup, lines, T, T1 } from './kind.ts'

const ROWS = Array.from({ length: 40 }, (_, i) => `v${i},2026-05-06T07:08:${String(i + 10).padStart(2, '0')}Z,1.5,2.5`)
const PACKED = gzipSync(lines('id,time,lon,lat', ...ROWS))

export const ROWS_AND_FILES: KindGroup = {
  title: 'Rows and files',
  kinds: [
    {
      input: '`old1,2008-02-02T07:36:08Z,116.5,39.9`',
      happens: 'imported; it stays for the retention from today on, and the import says until when',
      files: csv('id,time,lon,lat', 'old1,2008-02-02T07:36:08Z,116.5,39.9'),
      expected: { first: [{ vehicle_id: 'old1', event_time: '2008-02-02T07:36:08.000Z' }] },
    },
    {
      input: 'a time that is none in one line of many',
      happens: 'this row is refused (`time-not-understood`) with its line; all others are taken',
      files: csv('id,time,lon,lat', ...ROWS.with(7, 'v7,soon,1.5,2.5')),
      expected: { rows: 39, reasons: { 'time-not-understood': 1 } },
    },
    {
      input: 'a time without an offset where all others have one',
      happens: 'this row is refused (`time-without-offset`), which is told beforehand; `--timezone` reads it',
      files: csv('id,time,lon,lat', ...ROWS.with(7, 'v7,2026-05-06 07:08:17,1.5,2.5')),
      expected: {
        rows: 39,
        reasons: { 'time-without-offset': 1 },
        told: 'without an offset from UTC: 1 of the first 40 times in "time"',
      },
    },
    {
      input: 'a row without a position, without an id, in the future, off the globe',
      happens: 'each is refused for its own reason',
      files: csv(
        'id,time,lon,lat',
        ...ROWS,
        `a,${T},,2.5`,
        `,${T},1.5,2.5`,
        'a,2199-01-01T00:00:00Z,1.5,2.5',
        `a,${T},190,2.5`,
      ),
      expected: {
        rows: 40,
        reasons: { 'position-missing': 1, 'vehicle-id-missing': 1, 'in-the-future': 1, 'off-the-globe': 1 },
      },
    },
    {
      input: 'a `.gz` that breaks off',
      happens: 'the rows before are taken, the fault says how many; of several files the others go on',
      files: {
        'a.csv.gz': PACKED.subarray(0, PACKED.length - 40),
        'b.csv': lines('id,time,lon,lat', `b,${T},1.5,2.5`),
      },
      expected: { rows: 33 },
    },
    {
      input: 'a folder with a file that is none of positions',
      happens: 'this file is told and costs itself; the exit code is 1',
      files: { 'a.csv': lines('id,time,lon,lat', `a,${T},1.5,2.5`), 'b.bin': Uint8Array.of(1, 2, 3, 0, 5) },
      expected: { first: [{ vehicle_id: 'a' }] },
    },
    {
      input: 'ids in the names of files: `van-7.csv` with `--vehicle-id-from "{name}"`',
      happens: 'the id is `van-7`; other patterns are `{parent}`, `{folder}`, `trip_{vehicle}_*.csv`',
      files: { 'van-7.csv': lines('time,lon,lat', `${T},1.5,2.5`, `${T1},1.5,2.5`) },
      settings: { vehicleIdFrom: '{name}' },
      expected: { first: [{ vehicle_id: 'van-7' }, { vehicle_id: 'van-7' }] },
    },
  ],
}
