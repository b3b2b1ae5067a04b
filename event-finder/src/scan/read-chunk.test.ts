import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createArena } from '@fleetlake/columnar/parquet'
import { createFileStore } from '@fleetlake/archive'
import { areaOf } from '@fleetlake/core'
import { type Rows, textAt } from '@fleetlake/columnar'
import pl from 'nodejs-polars'
import { expect, test } from 'vitest'
import { writeForeign } from '../testing/foreign-file.ts'
import { readChunk, SMALL_FILE_BYTES } from './read-chunk.ts'

const search = {
  area: areaOf({
    type: 'Polygon',
    coordinates: [
      [
        [-60, -40],
        [-50, -40],
        [-50, -30],
        [-60, -30],
        [-60, -40],
      ],
    ],
  }),
  period: { from: 0, to: 2e12 },
  vehicleTypes: undefined,
  vehicleIds: undefined,
}

/** Tells of each row, and how many there are. */
const read = async (
  file: string,
  bytes: number,
  see: (rows: Rows, i: number, row: number) => void = () => {},
): Promise<number> => {
  const chunk = { path: basename(file), bytes, inside: false }
  const result = await readChunk(createFileStore(dirname(file)), chunk, { search, arena: createArena() })
  if ('fault' in result) throw new Error(result.fault)
  let count = 0
  for (;;) {
    const { done, value } = await result.pieces.next()
    if (done === true) return count
    for (let i = 0; i < value.rows.length; i++) see(value.rows, i, count++)
  }
}

const rowAt = (rows: Rows, i: number): unknown[] => [
  textAt(rows.vehicleIds, rows.vehicle[i]),
  rows.vehicleTypes[rows.vehicleType[i]],
  rows.eventTime[i],
  rows.longitude[i],
  rows.latitude[i],
  rows.speed[i],
]

test.each([
  ['small', 2_500],
  ['large', 400_000],
])('a %s file of several row groups is read in its order, exactly', async (kind, rows) => {
  const { file, bytes } = await writeForeign(rows)
  expect(bytes > SMALL_FILE_BYTES).toBe(kind === 'large')
  const count = await read(file, bytes, (piece, i, row) => {
    if (row % 101 !== 0) return
    const vehicle = Math.floor(row / 10)
    expect(rowAt(piece, i)).toEqual([
      `v${vehicle}-ü`,
      vehicle % 2 === 0 ? 'bus' : 'taxi',
      1.7e12 + row,
      -56_000_000 - (row % 1000),
      -34_900_000 + (row % 1000),
      row % 7 === 3 ? NaN : row % 7,
    ])
  })
  expect(count).toBe(rows)
})

test('a file whose columns are not the table’s is a fault, not wrong rows', async () => {
  const { file, bytes } = await writeForeign(10, { degrees: pl.Utf8 })
  await expect(read(file, bytes)).rejects.toThrow(
    'its column longitude is BYTES with STRING, which is not of the type of the table',
  )
})

const cases = new URL('../../../shared/columnar/src/testing/cases/', import.meta.url)

test.each([
  ['time-millis.parquet', Date.UTC(2026, 10, 28, 4)],
  ['time-millis-local.parquet', Date.UTC(2026, 10, 28, 4)],
  ['time-nanos.parquet', Date.UTC(2026, 10, 28, 4)],
  ['time-int96.parquet', Date.UTC(2026, 10, 29, 4, 0, 0, 456)],
])('a search reads %s of another engine at its instants', async (name, ms) => {
  const file = fileURLToPath(new URL(name, cases))
  const seen: unknown[] = []
  await read(file, (await stat(file)).size, (rows, i) => seen.push(rowAt(rows, i).slice(1)))
  expect(seen).toEqual([
    ['taxi', ms, -56_174_300, -34_904_200, 4.5],
    ['taxi', ms + 5_000, -56_174_200, -34_904_100, 4.5],
  ])
})

test('a file of another size than the log tells is a fault', async () => {
  const { file, bytes } = await writeForeign(10)
  await expect(read(file, bytes + 1)).rejects.toThrow('truncated')
  await expect(read(file, bytes - 1)).rejects.toThrow('not the file that was written')
  await expect(read(file, SMALL_FILE_BYTES + 1)).rejects.toThrow('truncated')
  await expect(read(`${file}x`, bytes)).rejects.toThrow('missing')
  await expect(read(`${file}x`, SMALL_FILE_BYTES + 1)).rejects.toThrow('missing')
})
