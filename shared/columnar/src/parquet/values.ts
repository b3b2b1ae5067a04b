import type { Reader } from './bytes.ts'
import type { Form } from './forms.ts'

const LOW = 4_294_967_296

/** Numbers as the format stores them plainly, one after the other, as doubles: exact up to 2^53. */
export type NumberAt = (view: DataView, at: number, width: number) => number

/** Big-endian, of two's complement. */
const bigEndian: NumberAt = (view, at, width) => {
  if (width === 0) return 0
  let value = view.getInt8(at)
  for (let i = 1; i < width; i++) value = value * 256 + view.getUint8(at + i)
  return value
}

const NUMBERS: Readonly<Record<Form['physical'], NumberAt>> = {
  int32: (view, at) => view.getInt32(at, true),
  int64: (view, at) => view.getInt32(at + 4, true) * LOW + view.getUint32(at, true),
  int96: () => Number.NaN,
  float: (view, at) => view.getFloat32(at, true),
  double: (view, at) => view.getFloat64(at, true),
  bytes: bigEndian,
  fixed: bigEndian,
  boolean: () => Number.NaN,
}

export const numberAtOf = ({ physical }: Form): NumberAt => NUMBERS[physical]

const DAY_MS = 86_400_000
const NANOS_PER_MS = 1_000_000
/** Julian day of 1970-01-01. */
const EPOCH_DAY = 2_440_588

/** `(high * 2^32 + low) / 10^6`, rounded down, exactly for all 64 bits. */
export const millionth = (high: number, low: number): number =>
  high * 4_294 + Math.floor((high * 967_296 + low) / NANOS_PER_MS)

/** A time that is stored plainly, as ms, rounded down. */
export const timeAtOf = ({ physical, perMs }: Form): NumberAt => {
  if (physical === 'int96') {
    return (view, at) =>
      (view.getInt32(at + 8, true) - EPOCH_DAY) * DAY_MS +
      millionth(view.getInt32(at + 4, true), view.getUint32(at, true))
  }
  if (perMs === NANOS_PER_MS) return (view, at) => millionth(view.getInt32(at + 4, true), view.getUint32(at, true))
  return (view, at) => Math.floor((view.getInt32(at + 4, true) * LOW + view.getUint32(at, true)) / perMs)
}

export const checkRoom = ({ bytes, at }: Reader, needed: number): void => {
  if (at + needed > bytes.length) throw new RangeError('values end before their page does')
}
