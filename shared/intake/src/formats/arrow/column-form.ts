import type { FlatTable, NestedColumn } from '@fleetlake/columnar/arrow/parts'
import { Precision } from 'apache-arrow/fb/precision'
import { TimeUnit } from 'apache-arrow/fb/time-unit'
import { Type } from 'apache-arrow/fb/type'

/** How the values of a column lie in its buffers, and what they mean. */
export type ColumnForm =
  | { readonly kind: 'whole'; readonly bits: 8 | 16 | 32 | 64; readonly isSigned: boolean }
  | { readonly kind: 'real'; readonly bits: 16 | 32 | 64 }
  | { readonly kind: 'decimal'; readonly bits: 32 | 64 | 128 | 256; readonly scale: number }
  /** Units since 1970, so many in a millisecond; `unitMs` ms of one where it is longer. What is not `isUtc` is by a clock whose zone is not said. */
  | { readonly kind: 'time'; readonly perMs: number; readonly unitMs: number; readonly isUtc: boolean }
  /** Days of 32 bits, or their ms of 64. */
  | { readonly kind: 'date'; readonly isDays: boolean }
  /** Of a day. */
  | { readonly kind: 'clock'; readonly bits: 32 | 64; readonly perMs: number; readonly unitMs: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'nothing' }
  /** Texts, or bytes. */
  | { readonly kind: 'offsets'; readonly bytes: 4 | 8; readonly isText: boolean }
  | { readonly kind: 'views'; readonly isText: boolean }
  | { readonly kind: 'fixed'; readonly width: number }

const UNITS: Readonly<Record<number, { readonly perMs: number; readonly unitMs: number }>> = {
  [TimeUnit.SECOND]: { perMs: 1, unitMs: 1_000 },
  [TimeUnit.MILLISECOND]: { perMs: 1, unitMs: 1 },
  [TimeUnit.MICROSECOND]: { perMs: 1_000, unitMs: 1 },
  [TimeUnit.NANOSECOND]: { perMs: 1_000_000, unitMs: 1 },
}
const MOST_SCALE = 76
const MOST_WIDTH = 1 << 20

const timeOf = (details: FlatTable | undefined): ColumnForm | undefined => {
  const unit = UNITS[details?.int16(0) ?? 0]
  return unit && { kind: 'time', ...unit, isUtc: (details?.text(1).length ?? 0) > 0 }
}

const clockOf = (details: FlatTable | undefined): ColumnForm | undefined => {
  const unit = UNITS[details?.int16(0, TimeUnit.MILLISECOND) ?? TimeUnit.MILLISECOND]
  const bits = details?.int32(1, 32) ?? 32
  return unit && (bits === 32 || bits === 64) ? { kind: 'clock', bits, ...unit } : undefined
}

const wholeOf = (details: FlatTable | undefined): ColumnForm | undefined => {
  const bits = details?.int32(0) ?? 0
  const isSigned = details?.bool(1) ?? false
  return bits === 8 || bits === 16 || bits === 32 || bits === 64 ? { kind: 'whole', bits, isSigned } : undefined
}

const REALS: Readonly<Record<number, 16 | 32 | 64>> = {
  [Precision.HALF]: 16,
  [Precision.SINGLE]: 32,
  [Precision.DOUBLE]: 64,
}

const realOf = (details: FlatTable | undefined): ColumnForm | undefined => {
  const bits = REALS[details?.int16(0) ?? 0]
  return bits && { kind: 'real', bits }
}

const decimalOf = (details: FlatTable | undefined): ColumnForm | undefined => {
  const [scale, bits] = [details?.int32(1) ?? 0, details?.int32(2, 128) ?? 128]
  const isKnown = bits === 32 || bits === 64 || bits === 128 || bits === 256
  return isKnown && scale >= 0 && scale <= MOST_SCALE ? { kind: 'decimal', bits, scale } : undefined
}

const fixedOf = (details: FlatTable | undefined): ColumnForm | undefined => {
  const width = details?.int32(0) ?? 0
  return width > 0 && width <= MOST_WIDTH ? { kind: 'fixed', width } : undefined
}

/** The form of a column's values, those of its dictionary if it has one; undefined for lists and others, which are written as JSON. */
export const columnFormOf = ({ type, details }: NestedColumn): ColumnForm | undefined => {
  switch (type) {
    case Type.Null:
      return { kind: 'nothing' }
    case Type.Int:
      return wholeOf(details)
    case Type.FloatingPoint:
      return realOf(details)
    case Type.Decimal:
      return decimalOf(details)
    case Type.Timestamp:
      return timeOf(details)
    case Type.Date:
      return { kind: 'date', isDays: (details?.int16(0, 1) ?? 1) === 0 }
    case Type.Time:
      return clockOf(details)
    case Type.Bool:
      return { kind: 'flag' }
    case Type.Utf8:
      return { kind: 'offsets', bytes: 4, isText: true }
    case Type.LargeUtf8:
      return { kind: 'offsets', bytes: 8, isText: true }
    case Type.Binary:
      return { kind: 'offsets', bytes: 4, isText: false }
    case Type.LargeBinary:
      return { kind: 'offsets', bytes: 8, isText: false }
    case Type.Utf8View:
      return { kind: 'views', isText: true }
    case Type.BinaryView:
      return { kind: 'views', isText: false }
    case Type.FixedSizeBinary:
      return fixedOf(details)
    default:
      return undefined
  }
}
