import { COLUMNS } from '../columns.ts'
import type { MeasureType } from '../measures.ts'
import { type MeasureColumn, measureOfValues, measureValue } from '../rows/measure-columns.ts'
import { type Rows, rowsOfArrays } from '../rows/rows.ts'
import { createRandomStreams } from '@fleetlake/core'
import { textsOfStrings, textsToStrings } from '../rows/text-list.ts'
import { type ParquetRowGroups, startParquetFile } from '../formats/parquet.ts'
import { createArena } from '../parquet/arena.ts'
import { parseFooter } from '../parquet/read-footer.ts'
import { rowsOfGroup } from '../parquet/read-group.ts'

/** For tests and the fuzzer: files with some of their bytes changed, and what reading them comes to. */

/** @param below a whole number from 0 on, below another */
const HITS: readonly ((bytes: Uint8Array, below: (limit: number) => number) => Uint8Array)[] = [
  (bytes, below) => {
    bytes[below(bytes.length)] ^= 1 << below(8)
    return bytes
  },
  (bytes, below) => {
    bytes[below(bytes.length)] = below(256)
    return bytes
  },
  (bytes, below) => {
    const at = below(bytes.length)
    return bytes.fill(below(2) * 255, at, at + 1 + below(64))
  },
  (bytes, below) => {
    const [from, to, length] = [below(bytes.length), below(bytes.length), 1 + below(32)]
    bytes.copyWithin(to, from, from + length)
    return bytes
  },
  // The end of it, where the footer is, has most of what a reader believes.
  (bytes, below) => {
    bytes[bytes.length - 1 - below(Math.min(bytes.length, 1_200))] = below(256)
    return bytes
  },
  (bytes, below) => bytes.slice(0, below(bytes.length)),
]

/** Mutants of a file, the same ones for the same seed. */
export function* mutantsOf(good: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const random = createRandomStreams(Uint32Array.of(seed))
  const below = (limit: number): number => Math.floor(random.next(0) * limit)
  for (let i = 0; i < count; i++) {
    let bytes: Uint8Array = good.slice()
    for (let hits = 1 + (below(4) === 0 ? below(3) : 0); hits > 0 && bytes.length > 0; hits--) {
      bytes = HITS[below(HITS.length)](bytes, below)
    }
    yield bytes
  }
}

/** Columns that are the same are of the same rows. */
export const unpackAll = (bytes: Uint8Array, arena = createArena()): unknown[][] => {
  const { rowGroups, measures } = parseFooter(bytes)
  return rowGroups.map((group) => columnsOf(rowsOfGroup(group, { bytes, start: 0 }, arena, measures)))
}

const columnsOf = (rows: Rows): unknown[] => {
  const texts = { id: textsToStrings(rows.vehicleIds), label: rows.vehicleTypes }
  const columns = COLUMNS.map(({ key, kind }) => {
    const values = rows[key].slice(0, rows.length)
    return kind === 'id' || kind === 'label' ? Array.from(values, (code) => texts[kind][code]) : values
  })
  const measures = rows.measures.map((column) =>
    Array.from({ length: rows.length }, (_, row) => measureValue(column, row)),
  )
  return [...columns, ...measures]
}

const numbers = (
  name: string,
  type: MeasureType,
  length: number,
  valueOf: (i: number) => number | null,
): MeasureColumn =>
  measureOfValues(
    { name, type },
    Array.from({ length }, (_, i) => valueOf(i)),
  )

/** Of `ourFile`. */
export const OUR_IDS: readonly string[] = ['a', 'b', 'c']

/** Of a file that is found by: so few that each row group has several pages. */
const PAGE_ROWS = 100

/** A file of ours of two row groups, with pages of each kind that we write. */
export const ourFile = (): Uint8Array => fileOf(startParquetFile(1 << 16))

/** The same rows, as compactions write them: with filters and page indexes. */
export const ourFoundFile = (): Uint8Array => fileOf(startParquetFile(1 << 16, PAGE_ROWS))

const fileOf = (file: ParquetRowGroups): Uint8Array => {
  const columns = (length: number, shift: number): Rows =>
    rowsOfArrays({
      length,
      vehicleIds: textsOfStrings(OUR_IDS),
      vehicle: Int32Array.from({ length }, (_, i) => Math.floor((3 * i) / length)),
      vehicleTypes: ['bus'],
      vehicleType: new Int32Array(length),
      eventTime: Float64Array.from({ length }, (_, i) => 1.7e12 + shift + (i % 150) * 4_999),
      longitude: Int32Array.from({ length }, (_, i) => -56_000_000 + i * i),
      latitude: Int32Array.from({ length }, (_, i) => -34_000_000 - ((i * 7_919) % 10_000)),
      speed: Float32Array.from({ length }, (_, i) => (i % 5 === 0 ? Number.NaN : i % 9)),
      heading: Float32Array.from({ length }, (_, i) => (i * 31) % 360),
      measures: [
        numbers('temperature', 'double', length, (i) => (i % 4 === 0 ? null : i / 8)),
        numbers('axles', 'int', length, (i) => i % 5),
        numbers('revision', 'long', length, (i) => 1.7e15 + i),
        numbers('ignition', 'boolean', length, (i) => (i % 3 === 0 ? null : i % 2)),
        measureOfValues(
          { name: 'state', type: 'string' },
          Array.from({ length }, (_, i) => (i % 7 === 0 ? null : `state ${i % 9}`)),
        ),
      ],
    })
  file.add(columns(400, 0))
  file.add(columns(150, 86_400_000))
  return file.finish().slice()
}
