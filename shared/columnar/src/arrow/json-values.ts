import { Type } from 'apache-arrow/fb/type'
import { jsonOfValue } from '../rows/attributes.ts'
import { damaged } from './damaged.ts'
import { dateJson, decimalJson, durationJson, instantJson, intervalJson, timeJson, wholeJson } from './exact-json.ts'
import { halfOf } from './half.ts'
import { type JsonSource, type MakeWriter, NOTHING, offsetsOf, wholeReader } from './json-source.ts'

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

/** Values of one size. */
const fixed =
  (bytes: number, json: (view: DataView, at: number) => string): MakeWriter =>
  (_, { batch, view, out }, { first, length }) => {
    const [values] = batch.buffer(first + 1, bytes * length)
    return (row) => out.push(json(view, values + bytes * row))
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

/** How values are written that have no others within them. */
export const VALUE_WRITERS: Partial<Record<number, MakeWriter>> = {
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
}
