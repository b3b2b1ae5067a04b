import { createHash } from 'node:crypto'
import { measureValue, type Rows } from '@fleetlake/columnar'
import type { Chunk } from '../chunk.ts'
import { readRows } from '../maintain/read-rows.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** Of the rows of a date and cell: equal for equal rows, whatever their order and files. */
export interface RowsDigest {
  readonly rows: number
  /** The sum of the rows' hashes, 128 bits. */
  readonly sum: string
}

export interface DigestOptions {
  readonly signal: AbortSignal
  readonly onFile?: (file: Pick<Chunk, 'bytes'>) => void
}

interface Sum {
  rows: number
  readonly words: Uint32Array
}

const ALWAYS = { from: -Infinity, to: Infinity }

/** Every value of a row, each as exact as it is stored. */
const textOf = (rows: Rows, row: number): string => {
  const { vehicleIds, vehicle, vehicleTypes, vehicleType, eventTime, longitude, latitude, speed, heading } = rows
  const { offsets, bytes } = vehicleIds
  const id = Buffer.from(bytes.subarray(offsets[vehicle[row]], offsets[vehicle[row] + 1])).toString('latin1')
  const measures = rows.measures.flatMap((column) => {
    const value = measureValue(column, row)
    return value === null ? [] : [`${column.spec.name}=${String(value)}`]
  })
  const values = [
    id,
    vehicleTypes[vehicleType[row]],
    eventTime[row],
    longitude[row],
    latitude[row],
    speed[row],
    heading[row],
  ]
  return JSON.stringify([...values.map(String), ...measures.toSorted()])
}

const addRow = ({ words }: Sum, text: string): void => {
  const hash = createHash('sha256').update(text).digest()
  for (let word = 0; word < words.length; word++) words[word] += hash.readUInt32LE(word * 4)
}

/**
 * The rows of data files, read one by one, by `<date> <cell>`: what two copies of an archive are compared by.
 * @param store that has the files
 * @throws FleetError `table.unsupported` for a file that can't be read, `store.failed`
 */
export const digestRows = async (
  store: ObjectStore,
  files: Iterable<Chunk>,
  { signal, onFile = () => {} }: DigestOptions,
): Promise<ReadonlyMap<string, RowsDigest>> => {
  const sums = new Map<string, Sum>()
  for (const chunk of files) {
    if (signal.aborted) break
    const key = `${chunk.date} ${chunk.cell}`
    const sum = sums.get(key) ?? { rows: 0, words: new Uint32Array(4) }
    sums.set(key, sum)
    for await (const rows of readRows(store, chunk, { period: ALWAYS })) {
      for (let row = 0; row < rows.length; row++) addRow(sum, textOf(rows, row))
      sum.rows += rows.length
    }
    onFile(chunk)
  }
  return new Map(
    Array.from(sums, ([key, { rows, words }]) => [
      key,
      { rows, sum: Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('') },
    ]),
  )
}

/** Where two archives differ: dates and cells, sorted. */
export const differencesOf = (one: ReadonlyMap<string, RowsDigest>, other: ReadonlyMap<string, RowsDigest>): string[] =>
  [...new Set([...one.keys(), ...other.keys()])]
    .filter((key) => one.get(key)?.rows !== other.get(key)?.rows || one.get(key)?.sum !== other.get(key)?.sum)
    .toSorted()
