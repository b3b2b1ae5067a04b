import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { bytesOfStrings } from '../rows/text-list.ts'
import { Bytes } from './bytes.ts'
import type { Column } from './plan-column.ts'
import { type ParquetFile, startParquet } from './write-file.ts'

const ROWS = 1_000

/** A column of each type, those that may have none with some and without. */
const columnsOf = (): Column[] => {
  const codes = (): Int32Array => Int32Array.from({ length: ROWS }, (_, i) => i % 3)
  const doubles = (every: number): Float64Array =>
    Float64Array.from({ length: ROWS }, (_, i) => (i % every === 0 ? Number.NaN : i))
  const dictionary = (): ReturnType<typeof bytesOfStrings> => bytesOfStrings(['a', 'b', 'c'])
  return [
    { name: 'vehicle_id', type: 'string', codes: codes(), dictionary: dictionary() },
    { name: 'time', type: 'timestamp', millis: Float64Array.from({ length: ROWS }, (_, i) => 1.7e12 + i) },
    { name: 'day', type: 'date', days: codes() },
    { name: 'degrees', type: 'decimal', unscaled: codes(), precision: 9, scale: 6 },
    { name: 'plain', type: 'float', values: Float32Array.from(doubles(7)), encoding: 'plain' },
    { name: 'coded', type: 'float', values: Float32Array.from(codes()), encoding: 'dictionary' },
    { name: 'double', type: 'double', values: doubles(Infinity) },
    { name: 'int', type: 'int', values: doubles(5) },
    { name: 'long', type: 'long', values: doubles(5) },
    { name: 'boolean', type: 'boolean', values: Float64Array.from(codes(), (code) => code & 1) },
    { name: 'text', type: 'text', codes: codes().map((code) => code - 1), dictionary: dictionary() },
  ]
}

/** What holds the rows of a column, by the column's name. */
const holdersOf = (columns: readonly Column[]): [string, WeakRef<object>][] =>
  columns.flatMap((column) =>
    Object.values(column)
      .filter((value): value is object => typeof value === 'object')
      .map((value): [string, WeakRef<object>] => [column.name, new WeakRef(value)]),
  )

const addGroup = (file: ParquetFile): [string, WeakRef<object>][] => {
  const columns = columnsOf()
  file.add(columns)
  return holdersOf(columns)
}

/** Those that are still there when the collector has been through, and through again. */
const left = async (holders: readonly [string, WeakRef<object>][]): Promise<string[]> => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const there = (): string[] => holders.filter(([, holder]) => holder.deref() !== undefined).map(([name]) => name)
  for (let round = 0; round < 10; round++) {
    // What was looked at stays until its turn is over.
    await turn()
    collect()
    await turn()
    if (there().length === 0) break
  }
  return there()
}

test('of a file that is being written no rows are kept, however many row groups it has', async () => {
  const file = startParquet({ createdBy: 'test', compress: (bytes) => bytes, out: new Bytes(), findBy: 'vehicle_id' })
  const holders = Array.from({ length: 3 }, () => addGroup(file)).flat()
  expect(holders.length).toBe(3 * 13)
  expect(await left(holders)).toEqual([])
  expect(file.finish().length).toBeGreaterThan(0)
})
