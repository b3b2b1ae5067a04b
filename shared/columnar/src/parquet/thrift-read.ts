/** A value of Thrift's compact protocol. A struct is its fields by their ids; numbers beyond 2^53 lose their lowest bits. */
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

const KINDS = { yes: 1, no: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10, struct: 12 }

/**
 * Reads a struct. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 * @returns the struct, and where the bytes after it begin
 * @throws RangeError for bytes that are none
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
        return struct()
      default:
        throw new RangeError(`the metadata hold a value of the unknown type ${kind}`)
    }
  }
  const struct = (): Fields => {
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
  const fields = struct()
  return { fields, end: at }
}
