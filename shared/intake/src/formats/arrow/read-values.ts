import { reuseArray, type Reused } from '@fleetlake/core'
import { type ColumnPlace, decimalDigits, halfOf } from '@fleetlake/columnar/arrow/parts'
import { millionth } from '@fleetlake/columnar/parquet/parts'
import type { Field } from '../block.ts'
import { clocks, dates, localTimes } from '../clock-text.ts'
import { createTextBuilder } from '../text-builder.ts'
import type { BatchReader } from './batch-reader.ts'
import type { ColumnForm } from './column-form.ts'

/** Arrays that are filled for each block again: making them takes longer than filling them. */
export interface Rooms {
  readonly bits: Reused<Uint8Array>
  readonly values: Reused<Uint8Array>
  readonly texts: Reused<Uint8Array>
  readonly numbers: Reused<Float64Array>
  readonly starts: Reused<Int32Array>
  readonly ends: Reused<Int32Array>
}

export const createRooms = (): Rooms => {
  const bytes = (): Reused<Uint8Array> => reuseArray((length) => new Uint8Array(length))
  const places = (): Reused<Int32Array> => reuseArray((length) => new Int32Array(length))
  const numbers = reuseArray((length) => new Float64Array(length))
  return { bits: bytes(), values: bytes(), texts: bytes(), numbers, starts: places(), ends: places() }
}

/** Rows of a record batch, of one column. */
export interface Slice {
  /** What is read is in them, until they are used again. */
  readonly rooms: Rooms
  readonly batch: BatchReader
  /** The column's first buffer. */
  readonly first: number
  readonly from: number
  readonly to: number
}

const LOW = 4_294_967_296
const DAY_MS = 86_400_000
const NANOS_PER_MS = 1_000_000
/** Up to here all digits of a decimal are held, wherever its point is. */
const MOST_DECIMAL = 10n ** 15n
/** Texts of a slice. */
const MOST_TEXT_BYTES = 256 * 1024 * 1024

const tooMuchText = (): RangeError => new RangeError(`it has texts of more than ${MOST_TEXT_BYTES} bytes in few rows`)

/** 1 for each row with a value; undefined where all have one. */
export type Mask = Uint8Array | undefined

/** Where a column's buffers begin, of those of views that each batch has in another number. */
export const firstBufferOf = (batch: BatchReader, { buffer, viewsBefore }: ColumnPlace): number => {
  let first = buffer
  for (let n = 0; n < viewsBefore; n++) first += batch.viewBuffers(n)
  return first
}

/** @param node of the column @throws RangeError unless it has all rows of the batch */
export const readMask = async ({ batch, first, from, to, rooms }: Slice, node: number): Promise<Mask> => {
  const { length, nulls } = batch.node(node)
  if (length !== batch.rows) throw new RangeError('it has a column of other rows than its record batch')
  if (nulls === 0) return undefined
  const start = from >> 3
  const bits = await batch.read(first, start, (to + 7) >> 3, rooms.bits)
  const mask = new Uint8Array(to - from)
  for (let i = from; i < to; i++) mask[i - from] = (bits[(i >> 3) - start] >> (i & 7)) & 1
  return mask
}

/** Rows that have a value by both. */
export const bothMasks = (a: Mask, b: Mask): Mask => {
  if (a === undefined || b === undefined) return a ?? b
  for (let i = 0; i < a.length; i++) a[i] &= b[i]
  return a
}

const readFixed = ({ batch, first, from, to, rooms }: Slice, width: number): Promise<Uint8Array> =>
  batch.read(first + 1, from * width, to * width, rooms.values)

const maskNumbers = (values: Float64Array, mask: Mask): Float64Array => {
  if (mask !== undefined) for (let i = 0; i < values.length; i++) if (mask[i] === 0) values[i] = Number.NaN
  return values
}

const maskFloats = (values: Float32Array, mask: Mask): Float32Array => {
  if (mask !== undefined) for (let i = 0; i < values.length; i++) if (mask[i] === 0) values[i] = Number.NaN
  return values
}

const maskTexts = (starts: Int32Array, ends: Int32Array, mask: Mask): void => {
  if (mask === undefined) return
  for (let i = 0; i < starts.length; i++) if (mask[i] === 0) starts[i] = ends[i] = -1
}

const maskValues = (values: unknown[], mask: Mask): unknown[] => {
  if (mask !== undefined) for (let i = 0; i < values.length; i++) if (mask[i] === 0) values[i] = undefined
  return values
}

/** The bytes as numbers of the type; `bytes` are a buffer's own from its beginning on. */
const wordsOf = (bytes: Uint8Array): Int32Array =>
  bytes.byteOffset % 4 === 0
    ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
    : new Int32Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 2)

const smallWholes = (bytes: Uint8Array, bits: 8 | 16 | 32, isSigned: boolean): Float64Array => {
  if (bits === 8)
    return new Float64Array(isSigned ? new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes)
  const words = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  const { buffer, byteOffset } = words
  const count = (8 * words.length) / bits
  if (bits === 16)
    return new Float64Array(
      isSigned ? new Int16Array(buffer, byteOffset, count) : new Uint16Array(buffer, byteOffset, count),
    )
  return new Float64Array(
    isSigned ? new Int32Array(buffer, byteOffset, count) : new Uint32Array(buffer, byteOffset, count),
  )
}

/** Numbers, or, where a double does not hold them all, the values themselves. */
const exactOr = (values: Float64Array, isExact: boolean, mask: Mask, exactAt: (i: number) => unknown): Field => {
  if (isExact) return { kind: 'number', values: maskNumbers(values, mask) }
  return {
    kind: 'value',
    values: maskValues(
      Array.from(values, (_, i) => exactAt(i)),
      mask,
    ),
  }
}

const wideWholes = (words: Int32Array, isSigned: boolean, mask: Mask, numbers: Reused<Float64Array>): Field => {
  const count = words.length >> 1
  const values = numbers(count)
  let isExact = true
  for (let i = 0; i < count; i++) {
    const high = words[2 * i + 1]
    const value = (isSigned ? high : high >>> 0) * LOW + (words[2 * i] >>> 0)
    values[i] = value
    if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER) && (mask === undefined || mask[i] === 1)) isExact = false
  }
  return exactOr(values, isExact, mask, (i) => {
    if (Number.isSafeInteger(values[i])) return values[i]
    const value = (BigInt(words[2 * i + 1]) << 32n) | BigInt(words[2 * i] >>> 0)
    return isSigned ? value : BigInt.asUintN(64, value)
  })
}

/** Two's complement of some words, the lowest first. */
const signedOf = (words: Int32Array, at: number, count: number): bigint => {
  let value = BigInt(words[at + count - 1])
  for (let w = count - 2; w >= 0; w--) value = (value << 32n) | BigInt(words[at + w] >>> 0)
  return value
}

const decimals = (words: Int32Array, width: number, scale: number, mask: Mask): Field => {
  const count = words.length / width
  const values = new Float64Array(count)
  const divisor = 10 ** scale
  let isExact = true
  for (let i = 0; i < count; i++) {
    const at = width * i
    const sign = words[at + width - 1] >> 31
    let isShort = true
    for (let w = 2; w < width; w++) if (words[at + w] !== sign) isShort = false
    const unscaled = width === 1 ? words[at] : words[at + 1] * LOW + (words[at] >>> 0)
    values[i] = unscaled / divisor
    const isHeld = isShort && Math.abs(unscaled) <= Number(MOST_DECIMAL) && (width <= 2 || words[at + 1] >> 31 === sign)
    if (!isHeld && (mask === undefined || mask[i] === 1)) isExact = false
  }
  return exactOr(values, isExact, mask, (i) => {
    const unscaled = signedOf(words, width * i, width)
    const size = unscaled < 0n ? -unscaled : unscaled
    return size <= MOST_DECIMAL ? values[i] : decimalDigits(unscaled, scale)
  })
}

type Clock = { readonly perMs: number; readonly unitMs: number }

/** Times and clocks of 64 bits as ms, rounded down. */
const wideTimes = (words: Int32Array, { perMs, unitMs }: Clock, numbers: Reused<Float64Array>): Float64Array => {
  const count = words.length >> 1
  const values = numbers(count)
  if (perMs === NANOS_PER_MS)
    for (let i = 0; i < count; i++) values[i] = millionth(words[2 * i + 1], words[2 * i] >>> 0)
  else if (perMs === 1)
    for (let i = 0; i < count; i++) values[i] = (words[2 * i + 1] * LOW + (words[2 * i] >>> 0)) * unitMs
  else for (let i = 0; i < count; i++) values[i] = Math.floor((words[2 * i + 1] * LOW + (words[2 * i] >>> 0)) / perMs)
  return values
}

const datesOf = (words: Int32Array, isDays: boolean, mask: Mask, numbers: Reused<Float64Array>): Field => {
  if (isDays) return dates(maskNumbers(new Float64Array(words), mask), words.length)
  const values = maskNumbers(wideTimes(words, { perMs: 1, unitMs: 1 }, numbers), mask)
  // Some writers put times of day into dates.
  const isWhole = values.every((value) => value !== value || value % DAY_MS === 0)
  if (!isWhole) return localTimes(values, values.length)
  return dates(
    values.map((value) => value / DAY_MS),
    values.length,
  )
}

const readFlags = async (slice: Slice, mask: Mask): Promise<Field> => {
  const { batch, first, from, to } = slice
  const start = from >> 3
  const bits = await batch.read(first + 1, start, (to + 7) >> 3)
  const values = Array.from({ length: to - from }, (_, i): unknown => {
    const row = from + i
    return ((bits[(row >> 3) - start] >> (row & 7)) & 1) === 1
  })
  return { kind: 'value', values: maskValues(values, mask) }
}

export type TextField = Extract<Field, { kind: 'text' }>

const readOffsets = async (slice: Slice, bytes: 4 | 8, mask: Mask): Promise<TextField> => {
  const { batch, first, from, to, rooms } = slice
  const words = wordsOf(await batch.read(first + 1, from * bytes, (to + 1) * bytes, rooms.values))
  const step = bytes >> 2
  const offsetAt = (i: number): number => (step === 1 ? words[i] : words[2 * i + 1] * LOW + (words[2 * i] >>> 0))
  const rows = to - from
  const [begin, end] = [offsetAt(0), offsetAt(rows)]
  if (!(begin >= 0 && end >= begin)) throw new RangeError('it has texts whose offsets go backwards')
  if (end - begin > MOST_TEXT_BYTES) throw tooMuchText()
  const texts = await batch.read(first + 2, begin, end, rooms.texts)
  const [starts, ends] = [rooms.starts(rows), rooms.ends(rows)]
  let last = 0
  for (let i = 0; i < rows; i++) {
    const next = offsetAt(i + 1) - begin
    if (next < last || next > texts.length) throw new RangeError('it has texts whose offsets go backwards')
    starts[i] = last
    ends[i] = last = next
  }
  maskTexts(starts, ends, mask)
  return { kind: 'text', bytes: texts, starts, ends }
}

const VIEW_BYTES = 16
/** Texts of up to so many bytes are within the view. */
const INLINE_BYTES = 12

/** @param count the buffers with longer texts */
const readViews = async (slice: Slice, count: number, mask: Mask): Promise<TextField> => {
  const { batch, first, from, to, rooms } = slice
  const views = await readFixed(slice, VIEW_BYTES)
  const words = wordsOf(views)
  const rows = to - from
  const isLong = (i: number): boolean => (mask === undefined || mask[i] === 1) && words[4 * i] > INLINE_BYTES
  // Of each buffer what the rows need, from the first to the last of it.
  const ranges = new Map<number, { from: number; to: number }>()
  for (let i = 0; i < rows; i++) {
    if (words[4 * i] < 0) throw new RangeError('it has a text of a length that can not be')
    if (!isLong(i)) continue
    const [length, buffer, offset] = [words[4 * i], words[4 * i + 2], words[4 * i + 3]]
    if (buffer < 0 || buffer >= count || offset < 0) throw new RangeError('it has a text outside its buffers')
    const range = ranges.get(buffer)
    if (range === undefined) ranges.set(buffer, { from: offset, to: offset + length })
    else {
      range.from = Math.min(range.from, offset)
      range.to = Math.max(range.to, offset + length)
    }
  }
  let size = views.length
  for (const range of ranges.values()) size += range.to - range.from
  if (size > MOST_TEXT_BYTES) throw tooMuchText()
  const bytes = rooms.texts(size)
  bytes.set(views)
  const shifts = new Map<number, number>()
  let at = views.length
  for (const [buffer, range] of ranges) {
    bytes.set(await batch.read(first + 2 + buffer, range.from, range.to), at)
    shifts.set(buffer, at - range.from)
    at += range.to - range.from
  }
  const [starts, ends] = [rooms.starts(rows), rooms.ends(rows)]
  for (let i = 0; i < rows; i++) {
    const length = words[4 * i]
    starts[i] = isLong(i) ? words[4 * i + 3] + shifts.get(words[4 * i + 2])! : VIEW_BYTES * i + 4
    ends[i] = starts[i] + (isLong(i) ? length : Math.min(length, INLINE_BYTES))
  }
  maskTexts(starts, ends, mask)
  return { kind: 'text', bytes, starts, ends }
}

/** The bytes of each row, of a column of texts or bytes. */
export const readBytes = async (
  slice: Slice,
  form: Extract<ColumnForm, { kind: 'offsets' | 'views' | 'fixed' }>,
  mask: Mask,
  viewsBefore: number,
): Promise<TextField> => {
  if (form.kind === 'offsets') return readOffsets(slice, form.bytes, mask)
  if (form.kind === 'views') return readViews(slice, slice.batch.viewBuffers(viewsBefore), mask)
  const bytes = await readFixed(slice, form.width)
  const rows = slice.to - slice.from
  const starts = Int32Array.from({ length: rows }, (_, i) => i * form.width)
  const ends = starts.map((start) => start + form.width)
  maskTexts(starts, ends, mask)
  return { kind: 'text', bytes, starts, ends }
}

/** Bytes that are no text as base64. */
const base64 = ({ bytes, starts, ends }: TextField): Field => {
  const texts = createTextBuilder(starts.length, 40)
  for (let i = 0; i < starts.length; i++) {
    if (starts[i] < 0) texts.end(-1)
    else texts.push(Buffer.from(bytes.buffer, bytes.byteOffset + starts[i], ends[i] - starts[i]).toString('base64'))
  }
  return texts.field()
}

/**
 * Rows of a column without a dictionary.
 * @param mask of the rows; of those without a value nothing is looked at but what bounds need
 */
export const readValues = async (slice: Slice, form: ColumnForm, mask: Mask, viewsBefore: number): Promise<Field> => {
  const rows = slice.to - slice.from
  switch (form.kind) {
    case 'nothing':
      return { kind: 'value', values: Array.from({ length: rows }) }
    case 'flag':
      return readFlags(slice, mask)
    case 'whole': {
      const bytes = await readFixed(slice, form.bits >> 3)
      return form.bits === 64
        ? wideWholes(wordsOf(bytes), form.isSigned, mask, slice.rooms.numbers)
        : { kind: 'number', values: maskNumbers(smallWholes(bytes, form.bits, form.isSigned), mask) }
    }
    case 'real': {
      const bytes = await readFixed(slice, form.bits >> 3)
      const words = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
      const { buffer, byteOffset } = words
      if (form.bits === 64)
        return { kind: 'number', values: maskNumbers(new Float64Array(buffer, byteOffset, rows), mask) }
      if (form.bits === 32)
        return { kind: 'number', values: maskFloats(new Float32Array(buffer, byteOffset, rows), mask) }
      return {
        kind: 'number',
        values: maskNumbers(Float64Array.from(new Uint16Array(buffer, byteOffset, rows), halfOf), mask),
      }
    }
    case 'decimal':
      return decimals(wordsOf(await readFixed(slice, form.bits >> 3)), form.bits >> 5, form.scale, mask)
    case 'time': {
      const values = maskNumbers(wideTimes(wordsOf(await readFixed(slice, 8)), form, slice.rooms.numbers), mask)
      return form.isUtc ? { kind: 'instant', values } : localTimes(values, rows)
    }
    case 'clock': {
      const words = wordsOf(await readFixed(slice, form.bits >> 3))
      const values =
        form.bits === 64
          ? wideTimes(words, form, slice.rooms.numbers)
          : new Float64Array(words).map((unit) => unit * form.unitMs)
      return clocks(maskNumbers(values, mask), rows)
    }
    case 'date':
      return datesOf(wordsOf(await readFixed(slice, form.isDays ? 4 : 8)), form.isDays, mask, slice.rooms.numbers)
    case 'offsets':
    case 'views': {
      const texts = await readBytes(slice, form, mask, viewsBefore)
      return form.isText ? texts : base64(texts)
    }
    case 'fixed':
      return base64(await readBytes(slice, form, mask, viewsBefore))
  }
}
