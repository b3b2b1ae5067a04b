import { createTextList, type Texts } from '../rows/text-list.ts'
import { FleetError, toMicroDegrees } from '@fleetlake/core'
import { readerOf } from './bytes.ts'
import { readDeltaBigInt64, readDeltaInt32, readDeltaInt64 } from './delta.ts'
import type { ColumnChunk } from './read-footer.ts'
import { type Page, readPages } from './read-pages.ts'
import { readRuns } from './runs.ts'
import type { MeasureType } from '../measures.ts'
import { checkRoom, type NumberAt, numberAtOf, timeAtOf } from './values.ts'

/** A column of a row group, before anything of it is unpacked. */
export interface Column {
  readonly name: string
  readonly chunk: ColumnChunk
  readonly bytes: Uint8Array
  readonly rows: number
}

const misplaced = ({ encoding }: Page): RangeError =>
  new RangeError(`values encoded as ${encoding} in a column of another type`)

/** Values whose first bytes come first, then all second ones, and so on, as plain ones. */
const joinBytes = ({ values, count, ...page }: Page, width: number): Page => {
  checkRoom(values, width * count)
  const joined = new Uint8Array(width * count)
  for (let b = 0; b < width; b++) {
    const from = values.at + b * count
    for (let i = 0; i < count; i++) joined[width * i + b] = values.bytes[from + i]
  }
  return { ...page, encoding: 'plain', values: readerOf(joined), count }
}

/** Calls for each page, with the row at which its rows begin. */
const eachPage = ({ bytes, chunk, rows }: Column, read: (page: Page, start: number) => void): void => {
  let start = 0
  for (const page of readPages(bytes, chunk, rows)) {
    const { width } = chunk.form
    read(page.encoding === 'split-bytes' && width > 0 ? joinBytes(page, width) : page, start)
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

/** Is told of each text. */
type SeeText = (bytes: Uint8Array, from: number, to: number, i: number) => void

const readPlainTexts = ({ values, count }: Page, add: SeeText): void => {
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

const readLengthsAndTexts = ({ values, count }: Page, add: SeeText): void => {
  if (lengths.length < count) lengths = new Int32Array(count)
  readDeltaInt32(values, lengths, 0, count)
  for (let i = 0; i < count; i++) {
    const from = values.at
    values.at += lengths[i]
    if (lengths[i] < 0 || values.at > values.bytes.length) throw new RangeError('a text reaches beyond its page')
    add(values.bytes, from, values.at, i)
  }
}

/** Texts of a row group: those that share their beginnings, or that were packed, may take very much more room than in the file. */
const MAX_TEXT_BYTES = 128 * 1024 * 1024

const tooMuchText = (): RangeError => new RangeError(`it has texts of more than ${MAX_TEXT_BYTES} bytes`)

/** Each text begins as the one before it. */
const readSharedTexts = (page: Page, add: SeeText): void => {
  const shared = new Int32Array(page.count)
  readDeltaInt32(page.values, shared, 0, page.count)
  let [last, length, total] = [new Uint8Array(64), 0, 0]
  readLengthsAndTexts(page, (bytes, from, to, i) => {
    if (shared[i] < 0 || shared[i] > length) throw new RangeError('a text shares more than the one before it has')
    length = shared[i] + to - from
    if ((total += length) > MAX_TEXT_BYTES) throw tooMuchText()
    if (length > last.length) {
      const larger = new Uint8Array(2 * length)
      larger.set(last)
      last = larger
    }
    last.set(bytes.subarray(from, to), shared[i])
    add(last, 0, length, i)
  })
}

const textReaderOf = (page: Page): ((page: Page, add: SeeText) => void) => {
  switch (page.encoding) {
    case 'plain':
      return readPlainTexts
    case 'delta-lengths':
      return readLengthsAndTexts
    case 'delta-bytes':
      return readSharedTexts
    default:
      throw misplaced(page)
  }
}

/**
 * @param codes is filled with each row's number among the texts
 * @param mayBeNull −1 stands for no text; else one that is missing is a fault
 */
export const readTexts = (column: Column, codes: Int32Array, mayBeNull = false): Texts => {
  const list = createTextList()
  let dictionary = 0
  eachPage(column, (page, start) => {
    if (!mayBeNull) refuseNulls(column, page)
    if (page.kind === 'dictionary') {
      readPlainTexts(page, (bytes, from, to) => list.add(bytes, from, to))
      dictionary = list.count
    } else if (page.encoding === 'dictionary') readIndexes(page, codes, start, dictionary)
    else {
      textReaderOf(page)(page, (bytes, from, to, i) => {
        codes[start + i] = list.addOnce(bytes, from, to)
      })
    }
    spreadCodes(codes, start, page)
    if (list.size > MAX_TEXT_BYTES) throw tooMuchText()
  })
  return list.texts()
}

/** As `spreadPresent`, with −1. */
const spreadCodes = (to: Int32Array, start: number, { present, count }: Pick<Page, 'present' | 'count'>): void => {
  if (present === undefined) return
  let from = start + count
  for (let i = present.length - 1; i >= 0; i--) to[start + i] = present[i] === 1 ? to[--from] : -1
}

/** Values of rows that have one go to their rows, the others get NaN. */
const spreadPresent = (
  to: Float32Array | Float64Array,
  start: number,
  { present, count }: Pick<Page, 'present' | 'count'>,
): void => {
  if (present === undefined) return
  let from = start + count
  for (let i = present.length - 1; i >= 0; i--) to[start + i] = present[i] === 1 ? to[--from] : NaN
}

interface NumberReading {
  readonly valueAt: NumberAt
  /** Of numbers that are stored by their differences. */
  readonly readDelta: (page: Page, to: Float64Array, start: number) => void
  readonly mayBeNull?: boolean
}

/** Numbers of any form; NaN where a row has none. */
const readNumbers = (column: Column, to: Float64Array, { valueAt, readDelta, mayBeNull }: NumberReading): void => {
  const { width } = column.chunk.form
  let known = new Float64Array(0)
  const readPlain = (page: Page, target: Float64Array, start: number): void => {
    const { values, count, encoding } = page
    if (width === 0 || encoding === 'delta-bytes') {
      textReaderOf(page)(page, (bytes, from, end, i) => {
        if (width > 0 && end - from !== width) throw new RangeError('a value of another length than its type')
        target[start + i] = valueAt(new DataView(bytes.buffer, bytes.byteOffset), from, end - from)
      })
      return
    }
    checkRoom(values, width * count)
    for (let i = 0; i < count; i++, values.at += width) target[start + i] = valueAt(values.view, values.at, width)
  }
  eachPage(column, (page, start) => {
    if (mayBeNull !== true) refuseNulls(column, page)
    if (page.kind === 'dictionary') {
      known = new Float64Array(page.count)
      readPlain(page, known, 0)
      return
    }
    if (page.encoding === 'dictionary') spreadIndexes(page, to, start, known)
    else if (page.encoding === 'delta') readDelta(page, to, start)
    else if (page.encoding === 'plain' || width !== 4) readPlain(page, to, start)
    else throw misplaced(page)
    spreadPresent(to, start, page)
  })
}

let indexes = new Int32Array(1024)

const spreadIndexes = <Values extends Float64Array | Int32Array | Float32Array>(
  page: Page,
  to: Values,
  start: number,
  known: Values,
): void => {
  if (page.count === 0) return
  if (indexes.length < page.count) indexes = new Int32Array(page.count)
  readIndexes(page, indexes, 0, known.length)
  for (let i = 0; i < page.count; i++) to[start + i] = known[indexes[i]]
}

const NANOS_PER_MS = 1_000_000

/** ms, rounded down, whatever the unit. */
export const readTimes = (column: Column, to: Float64Array): void => {
  const { form } = column.chunk
  const readDeltas = form.perMs === NANOS_PER_MS ? readDeltaBigInt64 : readDeltaInt64
  readNumbers(column, to, {
    valueAt: timeAtOf(form),
    readDelta: (page, target, start) => {
      if (form.physical !== 'int64') throw misplaced(page)
      readDeltas(page.values, target, { start, count: page.count, divisor: form.perMs })
    },
  })
}

/** Decimals that are whole numbers of 32 bits. */
const readInt32s = (column: Column, to: Int32Array): void => {
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

/** Numbers as they are written, before their scale. */
const readUnscaled = (column: Column, mayBeNull: boolean): Float64Array => {
  const { form } = column.chunk
  const to = new Float64Array(column.rows)
  readNumbers(column, to, {
    valueAt: numberAtOf(form),
    mayBeNull,
    readDelta: (page, target, start) => {
      if (form.physical === 'int64')
        return readDeltaInt64(page.values, target, { start, count: page.count, divisor: 1 })
      if (form.physical !== 'int32') throw misplaced(page)
      const numbers = new Int32Array(page.count)
      readDeltaInt32(page.values, numbers, 0, page.count)
      target.set(numbers, start)
    },
  })
  return to
}

/** Days since 1970-01-01. */
export const readDays = (column: Column, to: Int32Array): void => readInt32s(column, to)

const DIGITS = 6
const MOST_MICROS = 180e6

/** Whole millionths of a degree: what has more digits is rounded, by the one function that rounds coordinates. */
export const readMicros = (column: Column, to: Int32Array): void => {
  const { physical, scale } = column.chunk.form
  if (physical === 'int32' && scale === DIGITS) return readInt32s(column, to)
  const isReal = physical === 'float' || physical === 'double'
  const [factor, divisor] = [10 ** (DIGITS - scale), 10 ** scale]
  readUnscaled(column, false).forEach((value, i) => {
    const micros = !isReal && scale <= DIGITS ? value * factor : toMicroDegrees(value / divisor)
    if (!(Math.abs(micros) <= MOST_MICROS))
      throw new RangeError(`its column ${column.name} holds a value that is not a coordinate`)
    to[i] = micros
  })
}

/** NaN where a row has no value. */
export const readFloats = (column: Column, to: Float32Array): void => {
  const { physical, scale } = column.chunk.form
  if (physical !== 'float') {
    const divisor = 10 ** scale
    readUnscaled(column, true).forEach((value, i) => (to[i] = value / divisor))
    return
  }
  let known = new Float32Array(0)
  const readPlain = ({ values, count }: Page, target: Float32Array, start: number): void => {
    checkRoom(values, 4 * count)
    const bytes = new Uint8Array(target.buffer, target.byteOffset + 4 * start, 4 * count)
    bytes.set(values.bytes.subarray(values.at, values.at + 4 * count))
  }
  eachPage(column, (page, start) => {
    if (page.kind === 'dictionary') {
      known = new Float32Array(page.count)
      readPlain(page, known, 0)
      return
    }
    if (page.encoding === 'plain') readPlain(page, to, start)
    else if (page.encoding === 'dictionary') spreadIndexes(page, to, start, known)
    else throw misplaced(page)
    spreadPresent(to, start, page)
  })
}

const readBooleans = (column: Column, to: Float64Array): void => {
  eachPage(column, (page, start) => {
    const { values, count, encoding } = page
    if (encoding === 'rle') {
      const codes = new Int32Array(count)
      // Four bytes of length come before the runs.
      if (count > 0) readRuns({ ...values, at: values.at + 4 }, 1, codes, 0, count)
      to.set(codes, start)
    } else if (encoding === 'plain') {
      checkRoom(values, (count + 7) >> 3)
      for (let i = 0; i < count; i++) to[start + i] = (values.bytes[values.at + (i >> 3)] >> (i & 7)) & 1
    } else throw misplaced(page)
    spreadPresent(to, start, page)
  })
}

/**
 * The numbers of a measure; NaN where a row has none.
 * @param type the file's
 * @throws RangeError for a whole number beyond 2^53, which a double does not hold
 */
export const readMeasure = (column: Column, type: MeasureType, to: Float64Array): void => {
  const { physical, scale } = column.chunk.form
  if (physical === 'boolean') return readBooleans(column, to)
  const divisor = 10 ** scale
  readUnscaled(column, true).forEach((value, i) => (to[i] = value / divisor))
  if (type !== 'long') return
  for (const value of to.subarray(0, column.rows)) {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(`its column ${column.name} holds a whole number beyond 2^53`)
    }
  }
}
