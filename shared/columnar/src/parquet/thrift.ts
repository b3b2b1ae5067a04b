import type { Bytes } from './bytes.ts'

/**
 * Thrift's compact protocol, in which Parquet's metadata are written: structs as literals are written, and are read as their fields by id.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

const KINDS = {
  yes: 1,
  no: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
} as const

/** A struct to be written. A field is `[id, value]`, ids ascending; fields whose value is undefined are left out. */
export type Struct = { readonly fields: readonly (readonly [id: number, value: Value | undefined])[] }
type ListOf = 'bool' | 'i32' | 'i64' | 'binary' | 'list' | 'struct'
export type Value =
  | { readonly type: 'i32' | 'i64'; readonly value: number }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'bool'; readonly value: boolean }
  | {
      readonly type: 'list'
      readonly of: ListOf
      readonly items: readonly Value[]
    }
  | ({ readonly type: 'struct' } & Struct)

export const i32 = (value: number): Value => ({ type: 'i32', value })
export const i64 = (value: number): Value => ({ type: 'i64', value })
export const bool = (value: boolean): Value => ({ type: 'bool', value })
export const binary = (value: Uint8Array): Value => ({ type: 'binary', value })
export const text = (value: string): Value => ({ type: 'binary', value: utf8.encode(value) })
export const struct = (...fields: Struct['fields']): Value => ({ type: 'struct', fields })
export const list = (of: ListOf, items: readonly Value[]): Value => ({
  type: 'list',
  of,
  items,
})

/** Appends one struct; a file's footer and each page header are one. */
export function writeStruct(out: Bytes, { fields }: Struct): void {
  let previous = 0
  for (const [id, value] of fields) {
    if (value === undefined) continue
    const code = value.type === 'bool' ? (value.value ? KINDS.yes : KINDS.no) : KINDS[value.type]
    if (id - previous <= 15) out.byte(((id - previous) << 4) | code)
    else {
      out.byte(code)
      out.zigzag(id)
    }
    if (value.type !== 'bool') writeValue(out, value)
    previous = id
  }
  out.byte(0)
}

const utf8 = new TextEncoder()

function writeValue(out: Bytes, value: Exclude<Value, { type: 'bool' }>): void {
  switch (value.type) {
    case 'i32':
    case 'i64':
      return out.zigzag(value.value)
    case 'binary':
      out.varint(value.value.length)
      return out.append(value.value)
    case 'list': {
      const kind = value.of === 'bool' ? KINDS.yes : KINDS[value.of]
      if (value.items.length < 15) out.byte((value.items.length << 4) | kind)
      else {
        out.byte(0xf0 | kind)
        out.varint(value.items.length)
      }
      for (const item of value.items) {
        // Of a list each truth is a byte; as a field it is the field's kind.
        if (item.type === 'bool') out.byte(item.value ? KINDS.yes : KINDS.no)
        else writeValue(out, item)
      }
      return
    }
    case 'struct':
      return writeStruct(out, value)
  }
}

/** A value that was read. A struct is its fields by their ids; numbers beyond 2^53 lose their lowest bits. */
export type Thrift = number | boolean | Uint8Array | Fields | readonly Thrift[]
export interface Fields {
  readonly [id: number]: Thrift | undefined
}

export const numberOf = (value: Thrift | undefined): number => (typeof value === 'number' ? value : -1)
export const bytesOf = (value: Thrift | undefined): Uint8Array | undefined =>
  value instanceof Uint8Array ? value : undefined
export const listOf = (value: Thrift | undefined): readonly Fields[] =>
  Array.isArray(value) ? (value as Fields[]) : []
/** Of anything but a struct there are none. */
export const fieldsOf = (value: Thrift | undefined): Fields =>
  typeof value === 'object' && !(value instanceof Uint8Array) ? (value as Fields) : {}

/** Parquet nests some six deep, and numbers its fields from 1 to 14. */
const MOST_DEEP = 16
const LAST_FIELD = 31

/**
 * Reads a struct.
 * @returns the struct, and where the bytes after it begin
 * @throws RangeError for malformed bytes
 */
export const readThrift = (bytes: Uint8Array, from: number): { readonly fields: Fields; readonly end: number } => {
  let at = from
  const byte = (): number => {
    if (at >= bytes.length) throw new RangeError('the metadata reach beyond the end of the file')
    return bytes[at++]
  }
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const next = byte()
      value += (next & 127) * factor
      if (next < 128) return value
    }
  }
  const zigzag = (): number => {
    const value = varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  const skip = (count: number): number => {
    at += count
    if (at > bytes.length) throw new RangeError('the metadata reach beyond the end of the file')
    return at - count
  }
  let depth = 0
  const value = (kind: number, isElement: boolean): Thrift => {
    if (depth > MOST_DEEP) throw new RangeError('the metadata are nested too deeply')
    switch (kind) {
      case KINDS.yes:
      case KINDS.no:
        return isElement ? byte() === KINDS.yes : kind === KINDS.yes
      case KINDS.byte:
        return (byte() << 24) >> 24
      case KINDS.i16:
      case KINDS.i32:
      case KINDS.i64:
        return zigzag()
      case KINDS.double:
        return new DataView(bytes.buffer, bytes.byteOffset + skip(8), 8).getFloat64(0, true)
      case KINDS.binary: {
        const length = varint()
        const start = skip(length)
        return bytes.subarray(start, start + length)
      }
      case KINDS.list:
      case KINDS.set: {
        const head = byte()
        const count = head >> 4 === 15 ? varint() : head >> 4
        const items: Thrift[] = []
        depth++
        for (let i = 0; i < count; i++) items.push(value(head & 15, true))
        depth--
        return items
      }
      case KINDS.struct:
        return structHere()
      default:
        throw new RangeError(`the metadata hold a value of the unknown type ${kind}`)
    }
  }
  const structHere = (): Fields => {
    const fields: Thrift[] = []
    depth++
    for (let id = 0; ;) {
      const head = byte()
      if (head === 0) break
      id = head >> 4 === 0 ? zigzag() : id + (head >> 4)
      const found = value(head & 15, false)
      if (id >= 0 && id <= LAST_FIELD) fields[id] = found
    }
    depth--
    return fields
  }
  const fields = structHere()
  return { fields, end: at }
}
