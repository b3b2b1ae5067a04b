import { decimalDigits, halfOf } from '@fleetlake/columnar/arrow/parts'
import {
  eachDeltaBigInt,
  millionth,
  type Reader,
  readDeltaInt32,
  readDeltaInt64,
  readerOf,
  readRuns,
} from '@fleetlake/columnar/parquet/parts'
import type { Page } from './pages.ts'
import type { Leaf } from './schema.ts'
import type { Spares } from './spares.ts'

/** Values of a page, one after the other. */
export type Values = NumberValues | TextValues

export interface NumberValues {
  readonly kind: 'number'
  /** NaN where there is none. Times in ms, rounded down; booleans as 1 and 0; dates in days; clocks in ms. */
  readonly values: Float64Array | Float32Array
  /** Where a double does not hold some of them: all of them, those as bigint or, of decimals, as text; undefined where there is none. */
  readonly exact: unknown[] | undefined
}

/** Of texts and other bytes. */
export interface TextValues {
  readonly kind: 'text'
  readonly bytes: Uint8Array
  /** -1 where there is none. */
  readonly starts: Int32Array
  readonly ends: Int32Array
}

const LOW = 4_294_967_296
const DAY_MS = 86_400_000
const NANOS_PER_MS = 1_000_000
/** Julian day of 1970-01-01. */
const EPOCH_DAY = 2_440_588
/** Differences of whole numbers up to here are exact in doubles. */
const MOST_DELTA = 2 ** 51

/** Up to here all digits of a decimal are held, wherever its point is. */
const MOST_DECIMAL = 10 ** 15

const misplaced = ({ encoding }: Page): RangeError =>
  new RangeError(`it has values encoded as ${encoding} in a column of another type`)

const checkRoom = ({ bytes, at }: Reader, needed: number): void => {
  if (at + needed > bytes.length) throw new RangeError('it has values that end before their page does')
}

/** The next bytes as words; a copy where they do not lie at a multiple of four. */
const wordsOf = (reader: Reader, count: number): Int32Array => {
  checkRoom(reader, 4 * count)
  const { bytes, at } = reader
  const from = bytes.byteOffset + at
  if (from % 4 === 0) return new Int32Array(bytes.buffer, from, count)
  // No `slice`: a Buffer's is no copy.
  return new Int32Array(new Uint8Array(bytes.subarray(at, at + 4 * count)).buffer)
}

/** Where values go: into `room` places, of which `count` are filled. */
interface Room {
  readonly count: number
  readonly room: number
  readonly spares: Spares
}

const numbers = (values: NumberValues['values'], exact?: unknown[]): NumberValues => ({ kind: 'number', values, exact })

const doubles = (reader: Reader, { count, room, spares }: Room): NumberValues => {
  checkRoom(reader, 8 * count)
  const { bytes, at } = reader
  const from = bytes.byteOffset + at
  if (from % 8 === 0 && count === room) return numbers(new Float64Array(bytes.buffer, from, count))
  const values = spares.float64s(room)
  new Uint8Array(values.buffer, values.byteOffset).set(bytes.subarray(at, at + 8 * count))
  return numbers(values)
}

const floats = (reader: Reader, { count, room, spares }: Room): NumberValues => {
  checkRoom(reader, 4 * count)
  const { bytes, at } = reader
  const from = bytes.byteOffset + at
  if (from % 4 === 0 && count === room) return numbers(new Float32Array(bytes.buffer, from, count))
  const values = spares.float32s(room)
  new Uint8Array(values.buffer, values.byteOffset).set(bytes.subarray(at, at + 4 * count))
  return numbers(values)
}

const int32s = (leaf: Leaf, words: Int32Array, { count, room, spares }: Room): NumberValues => {
  const { meaning } = leaf.form
  const values = spares.float64s(room)
  if (meaning.kind === 'whole' && !meaning.isSigned) for (let i = 0; i < count; i++) values[i] = words[i] >>> 0
  else {
    const divisor = meaning.kind === 'decimal' ? 10 ** meaning.scale : meaning.kind === 'clock' ? meaning.perMs : 1
    if (divisor === 1) values.set(count === words.length ? words : words.subarray(0, count))
    else for (let i = 0; i < count; i++) values[i] = words[i] / divisor
    if (meaning.kind === 'clock') floorAll(values, count)
  }
  return numbers(values)
}

const floorAll = (values: Float64Array, count: number): void => {
  for (let i = 0; i < count; i++) values[i] = Math.floor(values[i])
}

/** Times of 64 bits. */
const times = (words: Int32Array, perMs: number, { count, room, spares }: Room): NumberValues => {
  const values = spares.float64s(room)
  if (perMs === NANOS_PER_MS)
    for (let i = 0; i < count; i++) values[i] = millionth(words[2 * i + 1], words[2 * i] >>> 0)
  else if (perMs === 1) for (let i = 0; i < count; i++) values[i] = words[2 * i + 1] * LOW + (words[2 * i] >>> 0)
  else for (let i = 0; i < count; i++) values[i] = Math.floor((words[2 * i + 1] * LOW + (words[2 * i] >>> 0)) / perMs)
  return numbers(values)
}

/** Days since Julian day 0, behind ns of the day. */
const oldTimes = (words: Int32Array, { count, room, spares }: Room): NumberValues => {
  const values = spares.float64s(room)
  for (let i = 0; i < count; i++) {
    const ms = millionth(words[3 * i + 1], words[3 * i] >>> 0)
    values[i] = (words[3 * i + 2] - EPOCH_DAY) * DAY_MS + ms
  }
  return numbers(values)
}

/** Whole numbers and decimals of 64 bits. */
const int64s = (leaf: Leaf, words: Int32Array, { count, room, spares }: Room): NumberValues => {
  const { meaning } = leaf.form
  const isUnsigned = meaning.kind === 'whole' && !meaning.isSigned
  const values = spares.float64s(room)
  let most = 0
  for (let i = 0; i < count; i++) {
    const high = words[2 * i + 1]
    const value = (isUnsigned ? high >>> 0 : high) * LOW + (words[2 * i] >>> 0)
    values[i] = value
    if (value > most) most = value
    else if (-value > most) most = -value
  }
  const bigAt = (i: number): bigint => {
    const value = (BigInt(words[2 * i + 1]) << 32n) | BigInt(words[2 * i] >>> 0)
    return isUnsigned ? BigInt.asUintN(64, value) : value
  }
  return scaled(leaf, values, count, most, bigAt)
}

/** @param most the greatest of the values, without their signs */
const scaled = (
  { form: { meaning } }: Leaf,
  values: Float64Array,
  count: number,
  most: number,
  bigAt: (i: number) => bigint,
): NumberValues => {
  const isDecimal = meaning.kind === 'decimal'
  const [scale, mostExact] = isDecimal ? [meaning.scale, MOST_DECIMAL] : [0, Number.MAX_SAFE_INTEGER]
  const divisor = 10 ** scale
  let exact: unknown[] | undefined
  if (most > mostExact) {
    exact = Array.from({ length: values.length }, (_, i): unknown => {
      if (i >= count) return undefined
      if (Math.abs(values[i]) <= mostExact) return values[i] / divisor
      return isDecimal ? decimalDigits(bigAt(i), scale) : bigAt(i)
    })
  }
  if (scale > 0) for (let i = 0; i < count; i++) values[i] /= divisor
  return numbers(values, exact)
}

const signedOf = (bytes: Uint8Array, from: number, to: number): bigint => {
  let value = 0n
  for (let i = from; i < to; i++) value = (value << 8n) | BigInt(bytes[i])
  return BigInt.asIntN(8 * (to - from), value)
}

/** Big-endian, of two's complement. */
const wideDecimals = (leaf: Leaf, { bytes, starts, ends }: TextValues, { count, room, spares }: Room): NumberValues => {
  const values = spares.float64s(room)
  let most = 0
  for (let i = 0; i < count; i++) {
    const [from, to] = [starts[i], ends[i]]
    if (to - from > MOST_DECIMAL_BYTES) throw new RangeError('it has a decimal of too many bytes')
    let value = to === from ? 0 : (bytes[from] << 24) >> 24
    for (let k = from + 1; k < to; k++) value = value * 256 + bytes[k]
    values[i] = value
    if (Math.abs(value) > most) most = Math.abs(value)
  }
  return scaled(leaf, values, count, most, (i) => signedOf(bytes, starts[i], ends[i]))
}

const MOST_DECIMAL_BYTES = 32

/** Bytes of one length each, where they lie. */
const fixedTexts = (reader: Reader, width: number, { count, room, spares }: Room): TextValues => {
  checkRoom(reader, width * count)
  const { bytes, at } = reader
  const [starts, ends] = [spares.int32s(room), spares.int32s(room)]
  for (let i = 0; i < count; i++) {
    starts[i] = at + i * width
    ends[i] = at + (i + 1) * width
  }
  return { kind: 'text', bytes, starts, ends }
}

const plainTexts = (reader: Reader, { count, room, spares }: Room): TextValues => {
  checkRoom(reader, 4 * count)
  const { bytes, view } = reader
  const [starts, ends] = [spares.int32s(room), spares.int32s(room)]
  let at = reader.at
  for (let i = 0; i < count; i++) {
    const from = at + 4
    at = from + view.getUint32(at, true)
    if (at > bytes.length) throw new RangeError('it has a text that reaches beyond its page')
    starts[i] = from
    ends[i] = at
  }
  return { kind: 'text', bytes, starts, ends }
}

/** Texts whose lengths come before them. */
const textsByLength = (reader: Reader, { count, room, spares }: Room): TextValues => {
  const { bytes } = reader
  const lengths = new Int32Array(count)
  readDeltaInt32(reader, lengths, 0, count)
  const [starts, ends] = [spares.int32s(room), spares.int32s(room)]
  let at = reader.at
  for (let i = 0; i < count; i++) {
    starts[i] = at
    at += lengths[i]
    if (lengths[i] < 0 || at > bytes.length) throw new RangeError('it has a text that reaches beyond its page')
    ends[i] = at
  }
  return { kind: 'text', bytes, starts, ends }
}

/** Texts that share their beginnings take very much more room than in the file. */
const MOST_SHARED_BYTES = 64 * 1024 * 1024

/** Each text begins as the one before it. */
const sharedTexts = (reader: Reader, { count, room, spares }: Room): TextValues => {
  const shared = new Int32Array(count)
  readDeltaInt32(reader, shared, 0, count)
  const own = textsByLength(reader, { count, room, spares })
  let total = 0
  for (let i = 0; i < count; i++) {
    const before = i === 0 ? 0 : shared[i - 1] + own.ends[i - 1] - own.starts[i - 1]
    if (shared[i] < 0 || shared[i] > before)
      throw new RangeError('it has a text that shares more than the one before it has')
    total += shared[i] + own.ends[i] - own.starts[i]
    if (total > MOST_SHARED_BYTES)
      throw new RangeError(`it has a page with texts of more than ${MOST_SHARED_BYTES} bytes`)
  }
  const bytes = new Uint8Array(total)
  const [starts, ends] = [spares.int32s(room), spares.int32s(room)]
  let at = 0
  for (let i = 0; i < count; i++) {
    starts[i] = at
    if (i > 0) bytes.copyWithin(at, starts[i - 1], starts[i - 1] + shared[i])
    bytes.set(own.bytes.subarray(own.starts[i], own.ends[i]), at + shared[i])
    at += shared[i] + own.ends[i] - own.starts[i]
    ends[i] = at
  }
  return { kind: 'text', bytes, starts, ends }
}

/** Values whose first bytes come first, then all second ones, and so on, as plain ones. */
const joinBytes = (reader: Reader, width: number, count: number): Reader => {
  checkRoom(reader, width * count)
  const joined = new Uint8Array(width * count)
  for (let b = 0; b < width; b++) {
    const from = reader.at + b * count
    for (let i = 0; i < count; i++) joined[width * i + b] = reader.bytes[from + i]
  }
  return readerOf(joined)
}

const booleans = ({ values, encoding, ...page }: Page, { count, room, spares }: Room): NumberValues => {
  const flags = spares.float64s(room)
  if (encoding === 'rle') {
    const codes = new Int32Array(count)
    // Four bytes of length come before the runs.
    if (count > 0) readRuns({ ...values, at: values.at + 4 }, 1, codes, 0, count)
    flags.set(codes)
  } else if (encoding === 'plain') {
    checkRoom(values, (count + 7) >> 3)
    for (let i = 0; i < count; i++) flags[i] = (values.bytes[values.at + (i >> 3)] >> (i & 7)) & 1
  } else throw misplaced({ values, encoding, ...page })
  return numbers(flags)
}

/** Bytes as what they mean, where that is a number. */
const meantBytes = (leaf: Leaf, texts: TextValues, room: Room): Values => {
  switch (leaf.form.meaning.kind) {
    case 'decimal':
      return wideDecimals(leaf, texts, room)
    case 'half': {
      const { bytes, starts } = texts
      return numbers(
        Float64Array.from({ length: room.room }, (_, i) =>
          i < room.count ? halfOf(bytes[starts[i]] | (bytes[starts[i] + 1] << 8)) : Number.NaN,
        ),
      )
    }
    default:
      return texts
  }
}

const plain = (leaf: Leaf, reader: Reader, room: Room): Values => {
  const { physical, width, meaning } = leaf.form
  switch (physical) {
    case 'double':
      return doubles(reader, room)
    case 'float':
      return floats(reader, room)
    case 'int32':
      return int32s(leaf, wordsOf(reader, room.count), room)
    case 'int64': {
      const words = wordsOf(reader, 2 * room.count)
      return meaning.kind === 'time' || meaning.kind === 'clock'
        ? times(words, meaning.perMs, room)
        : int64s(leaf, words, room)
    }
    case 'int96':
      return oldTimes(wordsOf(reader, 3 * room.count), room)
    case 'bytes':
      return meantBytes(leaf, plainTexts(reader, room), room)
    case 'fixed':
      return meantBytes(leaf, fixedTexts(reader, width, room), room)
    case 'boolean':
      throw new RangeError('it has a dictionary of booleans')
  }
}

/** Differences of whole numbers. */
const deltas = (leaf: Leaf, page: Page, room: Room): Values => {
  const { physical, meaning } = leaf.form
  const { values: reader } = page
  const { count } = room
  if (physical === 'int32') {
    const words = new Int32Array(count)
    readDeltaInt32(reader, words, 0, count)
    return int32s(leaf, words, room)
  }
  if (physical !== 'int64') throw misplaced(page)
  const isTime = meaning.kind === 'time' || meaning.kind === 'clock'
  const from = reader.at
  if (!isTime || meaning.perMs !== NANOS_PER_MS) {
    const values = room.spares.float64s(room.room)
    readDeltaInt64(reader, values, { start: 0, count, divisor: isTime ? meaning.perMs : 1 })
    if (isTime) return numbers(values)
    let most = 0
    for (let i = 0; i < count; i++) if (Math.abs(values[i]) > most) most = Math.abs(values[i])
    // The sign bit of unsigned ones is a value, too.
    const isExact =
      most < MOST_DELTA &&
      (meaning.kind !== 'whole' || meaning.isSigned || values.subarray(0, count).every((v) => v >= 0))
    if (isExact) return scaled(leaf, values, count, most, BigInt)
  }
  reader.at = from
  const words = new Int32Array(2 * count)
  eachDeltaBigInt(reader, count, (value, i) => {
    words[2 * i] = Number(BigInt.asIntN(32, value))
    words[2 * i + 1] = Number(BigInt.asIntN(32, value >> 32n))
  })
  return isTime ? times(words, meaning.perMs, room) : int64s(leaf, words, room)
}

const gatherTexts = (known: TextValues, indexes: Int32Array, { count, room, spares }: Room): TextValues => {
  const [starts, ends] = [spares.int32s(room), spares.int32s(room)]
  for (let i = 0; i < count; i++) {
    const index = indexes[i]
    starts[i] = known.starts[index]
    ends[i] = known.ends[index]
  }
  return { kind: 'text', bytes: known.bytes, starts, ends }
}

const gatherDoubles = (known: Float64Array, indexes: Int32Array, { count, room, spares }: Room): Float64Array => {
  const values = spares.float64s(room)
  for (let i = 0; i < count; i++) values[i] = known[indexes[i]]
  return values
}

/** As `gatherDoubles`; a loop of its own, since one that is given arrays of two types is several times slower. */
const gatherFloats = (known: Float32Array, indexes: Int32Array, { count, room, spares }: Room): Float32Array => {
  const values = spares.float32s(room)
  for (let i = 0; i < count; i++) values[i] = known[indexes[i]]
  return values
}

const gather = (known: Values, indexes: Int32Array, room: Room): Values => {
  if (known.kind === 'text') return gatherTexts(known, indexes, room)
  const { values, exact } = known
  const gathered =
    values instanceof Float32Array ? gatherFloats(values, indexes, room) : gatherDoubles(values, indexes, room)
  if (exact === undefined) return numbers(gathered)
  return numbers(
    gathered,
    Array.from({ length: room.room }, (_, i) => (i < room.count ? exact[indexes[i]] : undefined)),
  )
}

let indexes = new Int32Array(1024)

const byDictionary = ({ values: reader }: Page, known: Values | undefined, size: number, room: Room): Values => {
  if (known === undefined) throw new RangeError('it has values of a dictionary that is missing')
  const { count } = room
  if (indexes.length < count) indexes = new Int32Array(count)
  if (count > 0) {
    if (reader.at >= reader.bytes.length) throw new RangeError('it has values that end before their page does')
    readRuns(reader, reader.bytes[reader.at++], indexes, 0, count)
    let most = 0
    // What is negative is more than any as an unsigned number.
    for (let i = 0; i < count; i++) if (indexes[i] >>> 0 > most) most = indexes[i] >>> 0
    if (most >= size) throw new RangeError('it has a value that is not in its dictionary')
  }
  return gather(known, indexes, room)
}

/** Values that are there go to their places among `definitions.length`, the others become none. */
const spread = (values: Values, definitions: Int32Array, most: number, count: number): Values => {
  const { length } = definitions
  if (values.kind === 'text') {
    const { starts, ends } = values
    for (let i = length - 1, from = count; i >= 0; i--) {
      if (definitions[i] === most) {
        from--
        starts[i] = starts[from]
        ends[i] = ends[from]
      } else {
        starts[i] = -1
        ends[i] = -1
      }
    }
    return values
  }
  if (values.exact !== undefined) spreadInto(values.exact, undefined, definitions, most, count)
  if (values.values instanceof Float32Array) spreadFloats(values.values, definitions, most, count)
  else spreadInto(values.values, Number.NaN, definitions, most, count)
  return values
}

const spreadInto = <Value>(
  to: { [i: number]: Value },
  none: Value,
  definitions: Int32Array,
  most: number,
  count: number,
): void => {
  for (let i = definitions.length - 1, from = count; i >= 0; i--) to[i] = definitions[i] === most ? to[--from] : none
}

const spreadFloats = (to: Float32Array, definitions: Int32Array, most: number, count: number): void => {
  for (let i = definitions.length - 1, from = count; i >= 0; i--)
    to[i] = definitions[i] === most ? to[--from] : Number.NaN
}

/** The bytes that values take in memory. */
export const bytesOfValues = (values: Values): number =>
  values.kind === 'text'
    ? values.bytes.byteLength + 2 * values.starts.byteLength
    : values.values.byteLength + 32 * (values.exact?.length ?? 0)

/** Values that are looked at no more. */
export const retireValues = (values: Values, spares: Spares): void => {
  if (values.kind === 'number') return spares.retire(values.values)
  spares.retire(values.starts)
  spares.retire(values.ends)
}

/** Reads the pages of a column of a row group, the dictionary first. */
export interface LeafDecoder {
  readonly takeDictionary: (page: Page) => void
  /** The values of a page; with `isSpread` one a place, else those alone that are there. */
  readonly decode: (page: Page, isSpread: boolean) => Values
  /** Bytes of the dictionary. */
  readonly held: () => number
}

export const createLeafDecoder = (leaf: Leaf, spares: Spares): LeafDecoder => {
  const { physical, width } = leaf.form
  let known: Values | undefined
  let size = 0
  const valuesOf = (page: Page, room: Room): Values => {
    const { encoding, values: reader } = page
    if (encoding === 'dictionary') return byDictionary(page, known, size, room)
    if (physical === 'boolean') return booleans(page, room)
    switch (encoding) {
      case 'plain':
        return plain(leaf, reader, room)
      case 'split-bytes': {
        if (width === 0 || physical === 'int96') throw misplaced(page)
        return plain(leaf, joinBytes(reader, width, room.count), room)
      }
      case 'delta':
        return deltas(leaf, page, room)
      case 'delta-lengths':
      case 'delta-bytes': {
        if (physical !== 'bytes' && (physical !== 'fixed' || encoding !== 'delta-bytes')) throw misplaced(page)
        const texts = encoding === 'delta-bytes' ? sharedTexts(reader, room) : textsByLength(reader, room)
        for (let i = 0; width > 0 && i < room.count; i++)
          if (texts.ends[i] - texts.starts[i] !== width)
            throw new RangeError('it has a value of another length than its type')
        return meantBytes(leaf, texts, room)
      }
      default:
        throw misplaced(page)
    }
  }
  return {
    takeDictionary: (page) => {
      known = plain(leaf, page.values, { count: page.count, room: page.count, spares })
      size = page.count
    },
    decode: (page, isSpread) => {
      const { count, entries, definitions } = page
      const isFull = definitions === undefined || !isSpread
      const values = valuesOf(page, { count, room: isFull ? count : entries, spares })
      return isFull ? values : spread(values, definitions, leaf.maxDefinition, count)
    },
    held: () => (known === undefined ? 0 : bytesOfValues(known)),
  }
}
