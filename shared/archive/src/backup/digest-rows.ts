import { hash } from 'node:crypto'
import { measureValue, type Rows } from '@fleetlake/columnar'
import type { Chunk } from '../chunk.ts'
import { readRows } from '../maintain/read-rows.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { interrupted } from './interrupted.ts'

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

/** The texts of rows, each with every value as exact as it is stored. */
const createTexts = (rows: Rows): ((row: number) => string) => {
  const { vehicleIds, vehicle, vehicleTypes, vehicleType, eventTime, longitude, latitude, speed, heading } = rows
  const { count, offsets, bytes } = vehicleIds
  const ids = Array.from({ length: count }, (_, id) =>
    JSON.stringify(decoder.decode(bytes.subarray(offsets[id], offsets[id + 1]))),
  )
  const types = vehicleTypes.map((type) => JSON.stringify(type))
  const measures = rows.measures.toSorted((a, b) => (a.spec.name < b.spec.name ? -1 : 1))
  return (row) => {
    let text = `${ids[vehicle[row]]} ${types[vehicleType[row]]} ${eventTime[row]} ${longitude[row]} ${latitude[row]} ${speed[row]} ${heading[row]}`
    for (const column of measures) {
      const value = measureValue(column, row)
      if (value !== null) text += ` ${column.spec.name}=${typeof value === 'string' ? JSON.stringify(value) : value}`
    }
    return text
  }
}

const decoder = new TextDecoder()

const addRow = ({ words }: Sum, text: string): void => {
  const digest = hash('sha256', text, 'buffer')
  for (let word = 0; word < words.length; word++) words[word] += digest.readUInt32LE(word * 4)
}

/**
 * The rows of data files, read one by one, by `<date> <cell>`: what two copies of an archive are compared by.
 * @param store that has the files
 * @throws FleetError `table.unsupported` for a file that can't be read, `store.failed`; `backup.interrupted`
 */
export const digestRows = async (
  store: ObjectStore,
  files: Iterable<Chunk>,
  { signal, onFile = () => {} }: DigestOptions,
): Promise<ReadonlyMap<string, RowsDigest>> => {
  const sums = new Map<string, Sum>()
  for (const chunk of files) {
    if (signal.aborted) throw interrupted('not every row was compared, so that nothing is known yet')
    const key = `${chunk.date} ${chunk.cell}`
    const sum = sums.get(key) ?? { rows: 0, words: new Uint32Array(4) }
    sums.set(key, sum)
    for await (const rows of readRows(store, chunk, { period: ALWAYS })) {
      const textOf = createTexts(rows)
      for (let row = 0; row < rows.length; row++) addRow(sum, textOf(row))
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
