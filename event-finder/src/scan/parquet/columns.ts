import { FleetError } from '@fleetlake/core'
import { createTextList, type Texts } from '../../core/text-list.ts'
import { type Reader } from './bits.ts'
import { readDeltaInt32, readDeltaInt64 } from './delta.ts'
import type { ColumnChunk } from './footer.ts'
import { type Page, readPages } from './pages.ts'
import { readRuns } from './runs.ts'

/** A column of a row group, before anything of it is unpacked. */
export interface Column {
  readonly name: string
  readonly chunk: ColumnChunk
  readonly bytes: Uint8Array
  readonly rows: number
}

const misplaced = ({ encoding }: Page): RangeError =>
  new RangeError(`values encoded as ${encoding} in a column of another type`)

/** Calls for each page, with the row at which its rows begin. */
const eachPage = ({ bytes, chunk, rows }: Column, read: (page: Page, start: number) => void): void => {
  let start = 0
  for (const page of readPages(bytes, chunk, rows)) {
    read(page, start)
    start += page.rows
  }
}

const refuseNulls = ({ name }: Column, { present }: Page): void => {
  if (present !== undefined) throw new FleetError('table.invalid', `its column ${name} holds nulls`)
}

const readIndexes = ({ values, count }: Page, to: Int32Array, start: number, known: number): void => {
  readRuns(values, values.bytes[values.at++], to, start, count)
  for (let i = start; i < start + count; i++) {
    if (to[i] < 0 || to[i] >= known) throw new RangeError('an index beyond the dictionary')
  }
}

const readPlainTexts = (
  { values, count }: Page,
  add: (bytes: Uint8Array, from: number, to: number, i: number) => void,
) => {
  const { bytes, view } = values
  for (let i = 0; i < count; i++) {
    const from = values.at + 4
    const to = from + view.getUint32(values.at, true)
    if (to > bytes.length) throw new RangeError('a text reaches beyond its page')
    add(bytes, from, to, i)
    values.at = to
  }
}

let lengths = new Int32Array(1024)

const readLengthsAndTexts = (
  { values, count }: Page,
  add: (bytes: Uint8Array, from: number, to: number, i: number) => void,
) => {
  if (lengths.length < count) lengths = new Int32Array(count)
  readDeltaInt32(values, lengths, 0, count)
  for (let i = 0; i < count; i++) {
    const from = values.at
    values.at += lengths[i]
    if (lengths[i] < 0 || values.at > values.bytes.length) throw new RangeError('a text reaches beyond its page')
    add(values.bytes, from, values.at, i)
  }
}

/** @param codes is filled with each row's number among the texts */
export const readTexts = (column: Column, codes: Int32Array): Texts => {
  const list = createTextList()
  let dictionary = 0
  eachPage(column, (page, start) => {
    refuseNulls(column, page)
    if (page.kind === 'dictionary') {
      readPlainTexts(page, (bytes, from, to) => list.add(bytes, from, to))
      dictionary = list.count
    } else if (page.encoding === 'dictionary') readIndexes(page, codes, start, dictionary)
    else {
      const read = page.encoding === 'plain' ? readPlainTexts : readLengthsAndTexts
      if (page.encoding !== 'plain' && page.encoding !== 'delta-lengths') throw misplaced(page)
      read(page, (bytes, from, to, i) => {
        codes[start + i] = list.addOnce(bytes, from, to)
      })
    }
  })
  return list.texts()
}

const checkRoom = ({ bytes, at }: Reader, needed: number): void => {
  if (at + needed > bytes.length) throw new RangeError('values end before their page does')
}

const MICROS_PER_MS = 1000
const LOW = 4_294_967_296

/** Of microseconds; ms, rounded down. */
export const readTimes = (column: Column, to: Float64Array): void => {
  let known = new Float64Array(0)
  const readPlain = ({ values, count }: Page, target: Float64Array, start: number): void => {
    checkRoom(values, 8 * count)
    for (let i = 0; i < count; i++, values.at += 8) {
      const micros = values.view.getInt32(values.at + 4, true) * LOW + values.view.getUint32(values.at, true)
      target[start + i] = Math.floor(micros / MICROS_PER_MS)
    }
  }
  eachPage(column, (page, start) => {
    refuseNulls(column, page)
    const { values, count } = page
    if (page.kind === 'dictionary') {
      known = new Float64Array(count)
      readPlain(page, known, 0)
    } else if (page.encoding === 'delta') readDeltaInt64(values, to, { start, count, divisor: MICROS_PER_MS })
    else if (page.encoding === 'plain') readPlain(page, to, start)
    else if (page.encoding === 'dictionary') spreadIndexes(page, to, start, known)
    else throw misplaced(page)
  })
}

let indexes = new Int32Array(1024)

const spreadIndexes = <Values extends Float64Array | Int32Array | Float32Array>(
  page: Page,
  to: Values,
  start: number,
  known: Values,
): void => {
  if (indexes.length < page.count) indexes = new Int32Array(page.count)
  readIndexes(page, indexes, 0, known.length)
  for (let i = 0; i < page.count; i++) to[start + i] = known[indexes[i]]
}

/** Of decimals that are whole numbers of 32 bits. */
export const readInt32s = (column: Column, to: Int32Array): void => {
  let known = new Int32Array(0)
  const readPlain = ({ values, count }: Page, target: Int32Array, start: number): void => {
    checkRoom(values, 4 * count)
    for (let i = 0; i < count; i++, values.at += 4) target[start + i] = values.view.getInt32(values.at, true)
  }
  eachPage(column, (page, start) => {
    refuseNulls(column, page)
    if (page.kind === 'dictionary') {
      known = new Int32Array(page.count)
      readPlain(page, known, 0)
    } else if (page.encoding === 'delta') readDeltaInt32(page.values, to, start, page.count)
    else if (page.encoding === 'plain') readPlain(page, to, start)
    else if (page.encoding === 'dictionary') spreadIndexes(page, to, start, known)
    else throw misplaced(page)
  })
}

/** Values of rows that have one go to their rows, the others get NaN. */
const spreadPresent = (to: Float32Array, start: number, present: Int32Array, count: number): void => {
  let from = start + count
  for (let i = present.length - 1; i >= 0; i--) to[start + i] = present[i] === 1 ? to[--from] : NaN
}

/** NaN where a row has no value. */
export const readFloats = (column: Column, to: Float32Array): void => {
  let known = new Float32Array(0)
  const readPlain = ({ values, count }: Page, target: Float32Array, start: number): void => {
    checkRoom(values, 4 * count)
    const bytes = new Uint8Array(target.buffer, target.byteOffset + 4 * start, 4 * count)
    bytes.set(values.bytes.subarray(values.at, values.at + 4 * count))
  }
  const readSplit = ({ values, count }: Page, target: Float32Array, start: number): void => {
    checkRoom(values, 4 * count)
    const bytes = new Uint8Array(target.buffer, target.byteOffset + 4 * start, 4 * count)
    for (let b = 0; b < 4; b++) {
      const from = values.at + b * count
      for (let i = 0; i < count; i++) bytes[4 * i + b] = values.bytes[from + i]
    }
  }
  eachPage(column, (page, start) => {
    if (page.kind === 'dictionary') {
      known = new Float32Array(page.count)
      readPlain(page, known, 0)
      return
    }
    if (page.encoding === 'plain') readPlain(page, to, start)
    else if (page.encoding === 'split-bytes') readSplit(page, to, start)
    else if (page.encoding === 'dictionary') {
      if (page.count > 0) spreadIndexes(page, to, start, known)
    } else throw misplaced(page)
    if (page.present !== undefined) spreadPresent(to, start, page.present, page.count)
  })
}
