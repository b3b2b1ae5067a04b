import { Type } from 'apache-arrow/fb/type'
import { UnionMode } from 'apache-arrow/fb/union-mode'
import { FleetError } from '@fleetlake/core'
import { jsonOfValue } from '../rows/attributes.ts'
import { damaged } from './damaged.ts'
import { dateJson, decimalJson, durationJson, instantJson, intervalJson, timeJson, wholeJson } from './exact-json.ts'
import { type Batch, firstBuffer } from './foreign-batch.ts'
import { halfOf } from './half.ts'
import { type NestedColumn, STRUCT } from './nested-columns.ts'

/**
 * Values of any Arrow type as JSON. Invariant: whatever the bytes are, it ends: each value that is looked at writes something, and what is written in all has a bound.
 * Numbers that a double does not hold are texts of their digits; times, dates and durations are texts of ISO 8601; bytes are base64.
 */
export interface JsonOutput {
  /** @throws FleetError `arrow.invalid` when it would be too much */
  push(text: string): void
  /** What was pushed since it was last taken. */
  take(): string
  /** What `write` pushes, which is not in the output. */
  captured(write: () => void): string
}

export const createJsonOutput = (mostLength: number): JsonOutput => {
  let pieces: string[] = []
  let room = mostLength
  return {
    push: (text) => {
      room -= text.length
      if (room < 0) {
        throw new FleetError(
          'arrow.invalid',
          'the Arrow batch has lists and other columns that no measure can be, which would unpack to too much: send fewer rows at once',
        )
      }
      pieces.push(text)
    },
    take: () => {
      const text = pieces.join('')
      pieces = []
      return text
    },
    captured: (write) => {
      const at = pieces.length
      write()
      return pieces.splice(at).join('')
    },
  }
}

export interface JsonSource {
  readonly view: DataView
  readonly batch: Batch
  /** JSON of the values of dictionaries, by their ids. */
  readonly dictionaries: ReadonlyMap<bigint, readonly string[]>
  readonly out: JsonOutput
}

/** Writes the value of a row. @throws FleetError, RangeError for a row that there is not */
export type WriteJson = (row: number) => void

const NOTHING = 'null'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const bytesOf = ({ view }: JsonSource, from: number, to: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + from, to - from)

const textJson = (source: JsonSource, from: number, to: number): string => {
  try {
    return JSON.stringify(utf8.decode(bytesOf(source, from, to)))
  } catch {
    throw damaged('a text is not UTF-8')
  }
}

const base64Json = (source: JsonSource, from: number, to: number): string => {
  const bytes = bytesOf(source, from, to)
  let binary = ''
  for (let i = 0; i < bytes.length; i++) binary += String.fromCharCode(bytes[i])
  return JSON.stringify(btoa(binary))
}

/** A name that an object does not have yet. */
const freeKey = (key: string, taken: Set<string>): string => {
  let free = key
  while (taken.has(free)) free = `${free.slice(0, -1)}_"`
  taken.add(free)
  return free
}

export const jsonWriter = (column: NestedColumn, source: JsonSource): WriteJson => {
  const { batch, view, out } = source
  const { length, nulls } = batch.node(column.node)
  const first = firstBuffer(batch, column)
  const hasValidity =
    column.type !== Type.Null &&
    column.type !== Type.RunEndEncoded &&
    (column.type !== Type.Union || column.hasUnionValidity)
  const validity = hasValidity && nulls > 0 && length > 0 ? batch.buffer(first, Math.ceil(length / 8))[0] : undefined
  let write: WriteJson | undefined
  return (row) => {
    if (row < 0 || row >= length) throw damaged('a list reaches beyond its values')
    if (validity !== undefined && ((view.getUint8(validity + Math.floor(row / 8)) >> (row % 8)) & 1) === 0) {
      out.push(NOTHING)
      return
    }
    // Of columns that no row has a value of nothing is looked at.
    write ??= valueWriter(column, source, { first, length })
    write(row)
  }
}

interface Place {
  /** Its first buffer in the batch. */
  readonly first: number
  readonly length: number
}

const valueWriter = (column: NestedColumn, source: JsonSource, place: Place): WriteJson => {
  const { type, dictionary } = column
  if (dictionary !== undefined) return indexWriter(dictionary, source, place)
  const make = WRITERS[type]
  if (make === undefined) throw damaged(`a column of type ${type}`)
  return make(column, source, place)
}

type MakeWriter = (column: NestedColumn, source: JsonSource, place: Place) => WriteJson

/** Values of one size. */
const fixed =
  (bytes: number, json: (view: DataView, at: number) => string): MakeWriter =>
  (_, { batch, view, out }, { first, length }) => {
    const [values] = batch.buffer(first + 1, bytes * length)
    return (row) => out.push(json(view, values + bytes * row))
  }

const indexWriter = (
  { id, index }: NonNullable<NestedColumn['dictionary']>,
  { batch, view, dictionaries, out }: JsonSource,
  { first, length }: Place,
): WriteJson => {
  const { bytes, read } = wholeReader(index?.int32(0) ?? 32, index?.bool(1) ?? true)
  const [values] = batch.buffer(first + 1, bytes * length)
  const texts = dictionaries.get(id) ?? []
  return (row) => {
    const text = texts[Number(read(view, values + bytes * row))]
    if (text === undefined) throw damaged('a value is not in its dictionary')
    out.push(text)
  }
}

interface WholeReader {
  readonly bytes: number
  read(view: DataView, at: number): number | bigint
}

const wholeReader = (bits: number, isSigned: boolean): WholeReader => {
  switch (bits) {
    case 8:
      return { bytes: 1, read: (view, at) => (isSigned ? view.getInt8(at) : view.getUint8(at)) }
    case 16:
      return { bytes: 2, read: (view, at) => (isSigned ? view.getInt16(at, true) : view.getUint16(at, true)) }
    case 32:
      return { bytes: 4, read: (view, at) => (isSigned ? view.getInt32(at, true) : view.getUint32(at, true)) }
    case 64:
      return { bytes: 8, read: (view, at) => (isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true)) }
    default:
      throw damaged(`whole numbers of ${bits} bits`)
  }
}

const whole: MakeWriter = (column, source, place) => {
  const { bytes, read } = wholeReader(column.details?.int32(0) ?? 0, column.details?.bool(1) ?? false)
  return fixed(bytes, (view, at) => wholeJson(read(view, at)))(column, source, place)
}

/** What is no number is no value. */
const floatJson = (value: number): string => (Number.isNaN(value) ? NOTHING : jsonOfValue(value))

const FLOATS: readonly MakeWriter[] = [
  fixed(2, (view, at) => floatJson(halfOf(view.getUint16(at, true)))),
  // A float is told by the digits that tell it from its neighbours.
  fixed(4, (view, at) => floatJson(view.getFloat32(at, true))),
  fixed(8, (view, at) => floatJson(view.getFloat64(at, true))),
]

const float: MakeWriter = (column, source, place) => {
  const make = FLOATS[column.details?.int16(0) ?? 0]
  if (make === undefined) throw damaged('a float of an unknown size')
  return make(column, source, place)
}

/** Two's complement of 32 to 256 bits. */
export const unscaledOf = (bits: number): ((view: DataView, at: number) => bigint) | undefined => {
  if (bits === 32) return (view, at) => BigInt(view.getInt32(at, true))
  if (bits !== 64 && bits !== 128 && bits !== 256) return undefined
  const words = bits / 64
  return (view, at) => {
    let value = view.getBigInt64(at + 8 * (words - 1), true)
    for (let word = words - 2; word >= 0; word--) value = (value << 64n) | view.getBigUint64(at + 8 * word, true)
    return value
  }
}

const MOST_SCALE = 76

const decimal: MakeWriter = (column, source, place) => {
  const [scale, bits] = [column.details?.int32(1) ?? 0, column.details?.int32(2, 128) ?? 128]
  const unscaled = unscaledOf(bits)
  if (unscaled === undefined || Math.abs(scale) > MOST_SCALE) throw damaged('a decimal of an unknown size')
  return fixed(bits / 8, (view, at) => decimalJson(unscaled(view, at), scale))(column, source, place)
}

const bool: MakeWriter = (_, { batch, view, out }, { first, length }) => {
  const [bits] = batch.buffer(first + 1, Math.ceil(length / 8))
  return (row) => out.push(((view.getUint8(bits + Math.floor(row / 8)) >> (row % 8)) & 1) === 1 ? 'true' : 'false')
}

/** Offsets of 4 or 8 bytes. */
const offsetsOf = (
  { batch, view }: JsonSource,
  index: number,
  { bytes, count }: { readonly bytes: 4 | 8; readonly count: number },
): ((i: number) => number) => {
  const [offsets] = batch.buffer(index, bytes * count)
  return bytes === 4
    ? (i) => view.getInt32(offsets + 4 * i, true)
    : (i) => Number(view.getBigInt64(offsets + 8 * i, true))
}

type BytesJson = (source: JsonSource, from: number, to: number) => string

const texts =
  (bytes: 4 | 8, json: BytesJson): MakeWriter =>
  (_, source, { first, length }) => {
    const offsetAt = offsetsOf(source, first + 1, { bytes, count: length + 1 })
    const [from, to] = source.batch.buffer(first + 2, 0)
    return (row) => {
      const [start, end] = [offsetAt(row), offsetAt(row + 1)]
      if (start < 0 || end < start || from + end > to) throw damaged('a text lies outside its buffer')
      source.out.push(json(source, from + start, from + end))
    }
  }

const VIEW_BYTES = 16
/** Texts of up to so many bytes are within the view. */
const INLINE_BYTES = 12

const views =
  (json: BytesJson): MakeWriter =>
  (column, source, { first, length }) => {
    const { batch, view, out } = source
    const [at] = batch.buffer(first + 1, VIEW_BYTES * length)
    const buffers = Array.from({ length: batch.viewBuffers(column.viewsBefore) }, (_, k) =>
      batch.buffer(first + 2 + k, 0),
    )
    return (row) => {
      const place = at + VIEW_BYTES * row
      const bytes = view.getInt32(place, true)
      if (bytes >= 0 && bytes <= INLINE_BYTES) return out.push(json(source, place + 4, place + 4 + bytes))
      const buffer = buffers[view.getInt32(place + 8, true)]
      const offset = view.getInt32(place + 12, true)
      if (bytes < 0 || buffer === undefined || offset < 0 || buffer[0] + offset + bytes > buffer[1])
        throw damaged('a text lies outside its buffer')
      out.push(json(source, buffer[0] + offset, buffer[0] + offset + bytes))
    }
  }

const fixedBinary: MakeWriter = ({ details }, source, { first, length }) => {
  const bytes = details?.int32(0) ?? 0
  if (bytes < 0) throw damaged('bytes of a negative number')
  const [values] = source.batch.buffer(first + 1, bytes * length)
  return (row) => source.out.push(base64Json(source, values + bytes * row, values + bytes * (row + 1)))
}

/** Values of 4 bytes or of 8. */
const whole32 = (view: DataView, at: number): bigint => BigInt(view.getInt32(at, true))
const whole64 = (view: DataView, at: number): bigint => view.getBigInt64(at, true)

const DAY = 0

const date: MakeWriter = (column, source, place) =>
  (column.details?.int16(0, 1) ?? 1) === DAY
    ? fixed(4, (view, at) => dateJson(view.getInt32(at, true)))(column, source, place)
    : fixed(8, (view, at) => instantJson(whole64(view, at), 1, false))(column, source, place)

const time: MakeWriter = (column, source, place) => {
  const [unit, bits] = [column.details?.int16(0, 1) ?? 1, column.details?.int32(1, 32) ?? 32]
  const read = bits === 64 ? whole64 : whole32
  return fixed(bits === 64 ? 8 : 4, (view, at) => timeJson(read(view, at), unit))(column, source, place)
}

const timestamp: MakeWriter = (column, source, place) => {
  const [unit, hasZone] = [column.details?.int16(0) ?? 0, column.details?.has(1) ?? false]
  return fixed(8, (view, at) => instantJson(whole64(view, at), unit, hasZone))(column, source, place)
}

const duration: MakeWriter = (column, source, place) => {
  const unit = column.details?.int16(0, 1) ?? 1
  return fixed(8, (view, at) => durationJson(whole64(view, at), unit))(column, source, place)
}

const INTERVALS: readonly MakeWriter[] = [
  fixed(4, (view, at) => intervalJson({ months: view.getInt32(at, true), days: 0, nanos: 0n })),
  fixed(8, (view, at) =>
    intervalJson({ months: 0, days: view.getInt32(at, true), nanos: whole32(view, at + 4) * 1_000_000n }),
  ),
  fixed(16, (view, at) =>
    intervalJson({ months: view.getInt32(at, true), days: view.getInt32(at + 4, true), nanos: whole64(view, at + 8) }),
  ),
]

const interval: MakeWriter = (column, source, place) => {
  const make = INTERVALS[column.details?.int16(0) ?? 0]
  if (make === undefined) throw damaged('an interval of an unknown kind')
  return make(column, source, place)
}

const childOf = ({ children }: NestedColumn, index: number): NestedColumn => {
  const child = children[index]
  if (child === undefined) throw damaged('a column lacks what is within it')
  return child
}

type RangeOf = (row: number) => readonly [from: number, to: number]

const listOf = (range: RangeOf, write: WriteJson, { out }: JsonSource): WriteJson => {
  return (row) => {
    const [from, to] = range(row)
    if (from < 0 || to < from) throw damaged('a list reaches beyond its values')
    out.push('[')
    for (let i = from; i < to; i++) {
      if (i > from) out.push(',')
      write(i)
    }
    out.push(']')
  }
}

const list =
  (bytes: 4 | 8): MakeWriter =>
  (column, source, { first, length }) => {
    const offsetAt = offsetsOf(source, first + 1, { bytes, count: length + 1 })
    return listOf((row) => [offsetAt(row), offsetAt(row + 1)], jsonWriter(childOf(column, 0), source), source)
  }

const listView =
  (bytes: 4 | 8): MakeWriter =>
  (column, source, { first, length }) => {
    const offsetAt = offsetsOf(source, first + 1, { bytes, count: length })
    const sizeAt = offsetsOf(source, first + 2, { bytes, count: length })
    const range: RangeOf = (row) => [offsetAt(row), offsetAt(row) + sizeAt(row)]
    return listOf(range, jsonWriter(childOf(column, 0), source), source)
  }

const fixedList: MakeWriter = (column, source) => {
  const size = column.details?.int32(0) ?? 0
  return listOf((row) => [size * row, size * (row + 1)], jsonWriter(childOf(column, 0), source), source)
}

const struct: MakeWriter = ({ children }, source) => {
  const { out } = source
  const taken = new Set<string>()
  const members = children.map((child) => ({
    key: `${freeKey(JSON.stringify(child.name), taken)}:`,
    write: jsonWriter(child, source),
  }))
  return (row) => {
    out.push('{')
    members.forEach(({ key, write }, i) => {
      out.push(i === 0 ? key : `,${key}`)
      write(row)
    })
    out.push('}')
  }
}

const TEXT_TYPES = new Set<number>([Type.Utf8, Type.LargeUtf8, Type.Utf8View])

/** An object where the keys are texts, else a list of pairs. */
const map: MakeWriter = (column, source, { first, length }) => {
  const { out } = source
  const entries = childOf(column, 0)
  const [key, value] = [childOf(entries, 0), childOf(entries, 1)]
  const [writeKey, writeValue] = [jsonWriter(key, source), jsonWriter(value, source)]
  const offsetAt = offsetsOf(source, first + 1, { bytes: 4, count: length + 1 })
  const isObject = TEXT_TYPES.has(key.type)
  return (row) => {
    const [from, to] = [offsetAt(row), offsetAt(row + 1)]
    if (from < 0 || to < from) throw damaged('a map reaches beyond its values')
    const taken = new Set<string>()
    out.push(isObject ? '{' : '[')
    for (let i = from; i < to; i++) {
      const text = out.captured(() => writeKey(i))
      const comma = i > from ? ',' : ''
      if (isObject) out.push(`${comma}${freeKey(text === NOTHING ? '"null"' : text, taken)}:`)
      else out.push(`${comma}[${text},`)
      writeValue(i)
      if (!isObject) out.push(']')
    }
    out.push(isObject ? '}' : ']')
  }
}

const union: MakeWriter = (column, source, { first, length }) => {
  const { batch, view } = source
  const types = column.details?.vector(1, 4)
  const at = first + (column.hasUnionValidity ? 1 : 0)
  const [kinds] = batch.buffer(at, length)
  const isDense = column.details?.int16(0) === UnionMode.Dense
  const offsetAt = isDense ? offsetsOf(source, at + 1, { bytes: 4, count: length }) : (row: number): number => row
  const ids = Array.from({ length: column.children.length }, (_, i) =>
    types === undefined || types.length === 0 ? i : types.int32(i),
  )
  const writers = new Map(ids.map((id, i) => [id, jsonWriter(column.children[i], source)]))
  return (row) => {
    const write = writers.get(view.getInt8(kinds + row))
    if (write === undefined) throw damaged('a value is of a type that its column does not have')
    write(offsetAt(row))
  }
}

/** Each run's value once, with the row at which the next begins. */
const runs: MakeWriter = (column, source) => {
  const { batch, view } = source
  const ends = childOf(column, 0)
  const { bytes, read } = wholeReader(ends.details?.int32(0) ?? 32, ends.details?.bool(1) ?? true)
  const { length: count } = batch.node(ends.node)
  const [at] = batch.buffer(firstBuffer(batch, ends) + 1, bytes * count)
  const write = jsonWriter(childOf(column, 1), source)
  return (row) => {
    let [low, high] = [0, count]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (Number(read(view, at + bytes * middle)) <= row) low = middle + 1
      else high = middle
    }
    write(low)
  }
}

const WRITERS: Partial<Record<number, MakeWriter>> = {
  [Type.Null]:
    (_, { out }) =>
    () =>
      out.push(NOTHING),
  [Type.Int]: whole,
  [Type.FloatingPoint]: float,
  [Type.Decimal]: decimal,
  [Type.Bool]: bool,
  [Type.Utf8]: texts(4, textJson),
  [Type.LargeUtf8]: texts(8, textJson),
  [Type.Utf8View]: views(textJson),
  [Type.Binary]: texts(4, base64Json),
  [Type.LargeBinary]: texts(8, base64Json),
  [Type.BinaryView]: views(base64Json),
  [Type.FixedSizeBinary]: fixedBinary,
  [Type.Date]: date,
  [Type.Time]: time,
  [Type.Timestamp]: timestamp,
  [Type.Duration]: duration,
  [Type.Interval]: interval,
  [Type.List]: list(4),
  [Type.LargeList]: list(8),
  [Type.ListView]: listView(4),
  [Type.LargeListView]: listView(8),
  [Type.FixedSizeList]: fixedList,
  [STRUCT]: struct,
  [Type.Map]: map,
  [Type.Union]: union,
  [Type.RunEndEncoded]: runs,
}
