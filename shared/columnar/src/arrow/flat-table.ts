/**
 * Reads a flatbuffer that anybody may have written. Invariant: every read lies within the bytes, or throws a RangeError (a `DataView`
 * sees to that), and nothing is read but what is asked for: no length or offset of the bytes decides how long a read takes.
 * Offsets of tables, vectors and texts point forward only, as the format has it, so that no table holds itself.
 */
export interface FlatTable {
  has(slot: number): boolean
  int8(slot: number, otherwise?: number): number
  int16(slot: number, otherwise?: number): number
  int32(slot: number, otherwise?: number): number
  int64(slot: number): bigint
  bool(slot: number): boolean
  table(slot: number): FlatTable | undefined
  /** @param elementBytes what an element takes: 4 for tables */
  vector(slot: number, elementBytes: number): FlatVector
  /** Its bytes, UTF-8 as a rule. */
  text(slot: number): Uint8Array
}

/** A vector whose every element lies within the bytes; empty where there is none. */
export interface FlatVector {
  readonly length: number
  table(index: number): FlatTable
  int32(index: number): number
  /** The `word`th 64-bit integer of all: structs of two have two an element. */
  int64(word: number): bigint
}

/** @throws RangeError, then or in reading, for bytes that are no flatbuffer */
export const rootTable = (bytes: Uint8Array): FlatTable => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return tableAt(view, view.getUint32(0, true))
}

const within = (view: DataView, at: number, bytes: number): void => {
  if (at + bytes > view.byteLength) throw new RangeError('a vector reaches beyond the end')
}

const tableAt = (view: DataView, at: number): FlatTable => {
  const vtable = at - view.getInt32(at, true)
  const vtableBytes = view.getUint16(vtable, true)
  /** Where the value of a slot is; 0 when the table has none. */
  const placeOf = (slot: number): number => {
    const entry = 4 + 2 * slot
    if (entry >= vtableBytes) return 0
    const offset = view.getUint16(vtable + entry, true)
    return offset === 0 ? 0 : at + offset
  }
  const targetOf = (place: number): number => place + view.getUint32(place, true)
  const read =
    (get: (place: number) => number) =>
    (slot: number, otherwise = 0): number => {
      const place = placeOf(slot)
      return place === 0 ? otherwise : get(place)
    }
  return {
    has: (slot) => placeOf(slot) !== 0,
    int8: read((place) => view.getInt8(place)),
    int16: read((place) => view.getInt16(place, true)),
    int32: read((place) => view.getInt32(place, true)),
    int64: (slot) => {
      const place = placeOf(slot)
      return place === 0 ? 0n : view.getBigInt64(place, true)
    },
    bool: (slot) => {
      const place = placeOf(slot)
      return place !== 0 && view.getInt8(place) !== 0
    },
    table: (slot) => {
      const place = placeOf(slot)
      return place === 0 ? undefined : tableAt(view, targetOf(place))
    },
    vector: (slot, elementBytes) => {
      const place = placeOf(slot)
      if (place === 0) return vectorAt(view, 0, 0)
      const target = targetOf(place)
      const length = view.getUint32(target, true)
      within(view, target + 4, length * elementBytes)
      return vectorAt(view, target + 4, length * elementBytes, length)
    },
    text: (slot) => {
      const place = placeOf(slot)
      if (place === 0) return new Uint8Array(0)
      const target = targetOf(place)
      const length = view.getUint32(target, true)
      within(view, target + 4, length)
      return new Uint8Array(view.buffer, view.byteOffset + target + 4, length)
    },
  }
}

const vectorAt = (view: DataView, at: number, bytes: number, length = 0): FlatVector => {
  const placeOf = (offset: number, size: number): number => {
    if (offset < 0 || offset + size > bytes) throw new RangeError('there is no such element')
    return at + offset
  }
  return {
    length,
    table: (index) => {
      const place = placeOf(4 * index, 4)
      return tableAt(view, place + view.getUint32(place, true))
    },
    int32: (index) => view.getInt32(placeOf(4 * index, 4), true),
    int64: (word) => view.getBigInt64(placeOf(8 * word, 8), true),
  }
}
