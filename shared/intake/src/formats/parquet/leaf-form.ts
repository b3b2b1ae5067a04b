import { type Fields, fieldsOf, nameOf, numberOf, PHYSICAL, type Physical } from '@fleetlake/columnar/parquet/parts'

/** What the values of a column mean. */
export type Meaning =
  /** `bits` of an unsigned number tell where its sign bit would be. */
  | { readonly kind: 'whole'; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: 'real' }
  | { readonly kind: 'half' }
  /** Whole units of 10^-scale. */
  | { readonly kind: 'decimal'; readonly scale: number }
  /** Units since 1970 in a millisecond. What is not `isUtc` is by a clock whose zone the file does not say. */
  | { readonly kind: 'time'; readonly perMs: number; readonly isUtc: boolean }
  | { readonly kind: 'date' }
  /** Of a day. */
  | { readonly kind: 'clock'; readonly perMs: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'text' }
  | { readonly kind: 'uuid' }
  /** Months, days, milliseconds. */
  | { readonly kind: 'interval' }
  /** Well-known binary: a point. */
  | { readonly kind: 'geometry'; readonly crs: string | undefined }
  /** Of no known meaning. */
  | { readonly kind: 'bytes' }

/** How the values of a column are stored, and what they mean, by the types that the file declares. */
export interface LeafForm {
  readonly physical: Physical
  /** Bytes of a value; 0 where each has its own length, and of booleans. */
  readonly width: number
  readonly meaning: Meaning
}

const physicalOf = nameOf(PHYSICAL)
const WIDTHS: Readonly<Record<Physical, number>> = {
  boolean: 0,
  int32: 4,
  int64: 8,
  int96: 12,
  float: 4,
  double: 8,
  bytes: 0,
  fixed: 0,
}

const MOST_SCALE = 76
/** A decimal of 76 digits takes 32; what is longer is bytes. */
const MOST_DECIMAL_BYTES = 32
const UNITS_PER_MS = [0, 1, 1_000, 1_000_000]

const text = new TextDecoder()

/** The union of logical types has one member; undefined for none. */
const logicalOf = (element: Fields): { readonly id: number; readonly of: Fields } | undefined => {
  const union = fieldsOf(element[10])
  const [id] = Object.keys(union)
  return id === undefined ? undefined : { id: Number(id), of: fieldsOf(union[Number(id)]) }
}

/** The unit of a time or a clock: 1, 2, 3 are ms, µs, ns. */
const perMsOf = (of: Fields): number => UNITS_PER_MS[Number(Object.keys(fieldsOf(of[2]))[0] ?? 0)] ?? 0

const fits = (meaning: Meaning, physical: Physical, width: number): boolean => {
  const isWhole = physical === 'int32' || physical === 'int64'
  switch (meaning.kind) {
    case 'whole':
      return isWhole
    case 'decimal':
      return (
        meaning.scale >= 0 &&
        meaning.scale <= MOST_SCALE &&
        (isWhole || physical === 'bytes' || (physical === 'fixed' && width <= MOST_DECIMAL_BYTES))
      )
    case 'time':
      return physical === 'int64' && meaning.perMs > 0
    case 'clock':
      return isWhole && meaning.perMs > 0
    case 'date':
      return physical === 'int32'
    case 'text':
    case 'geometry':
      return physical === 'bytes'
    case 'uuid':
      return physical === 'fixed' && width === 16
    case 'interval':
      return physical === 'fixed' && width === 12
    case 'half':
      return physical === 'fixed' && width === 2
    default:
      return true
  }
}

const logicalMeaning = (element: Fields): Meaning | undefined => {
  const logical = logicalOf(element)
  if (logical === undefined) return undefined
  const { id, of } = logical
  switch (id) {
    case 1:
    case 4:
    case 12:
      return { kind: 'text' }
    case 5:
      return { kind: 'decimal', scale: numberOf(of[1] ?? 0) }
    case 6:
      return { kind: 'date' }
    case 7:
      return { kind: 'clock', perMs: perMsOf(of) }
    case 8:
      return { kind: 'time', perMs: perMsOf(of), isUtc: of[1] === true }
    case 10:
      return { kind: 'whole', bits: numberOf(of[1]), isSigned: of[2] !== false }
    case 14:
      return { kind: 'uuid' }
    case 15:
      return { kind: 'half' }
    case 17:
    case 18:
      return { kind: 'geometry', crs: of[1] instanceof Uint8Array ? text.decode(of[1]) : undefined }
    default:
      return { kind: 'bytes' }
  }
}

/** Of writers older than logical types. Their times are UTC. */
const convertedMeaning = (element: Fields): Meaning | undefined => {
  const converted = element[6] === undefined ? undefined : numberOf(element[6])
  switch (converted) {
    case undefined:
      return undefined
    case 0:
    case 4:
    case 19:
      return { kind: 'text' }
    case 5:
      return { kind: 'decimal', scale: numberOf(element[7] ?? 0) }
    case 6:
      return { kind: 'date' }
    case 7:
    case 8:
      return { kind: 'clock', perMs: converted === 7 ? 1 : 1_000 }
    case 9:
    case 10:
      return { kind: 'time', perMs: converted === 9 ? 1 : 1_000, isUtc: true }
    case 11:
    case 12:
    case 13:
    case 14:
      return { kind: 'whole', bits: 8 << (converted - 11), isSigned: false }
    case 15:
    case 16:
    case 17:
    case 18:
      return { kind: 'whole', bits: 8 << (converted - 15), isSigned: true }
    case 21:
      return { kind: 'interval' }
    default:
      return { kind: 'bytes' }
  }
}

/** Of a column that says no more than how it is stored. Bytes alone are texts: so older writers have them. */
const plainMeaning = (physical: Physical): Meaning => {
  switch (physical) {
    case 'boolean':
      return { kind: 'boolean' }
    case 'int32':
      return { kind: 'whole', bits: 32, isSigned: true }
    case 'int64':
      return { kind: 'whole', bits: 64, isSigned: true }
    // Spark writes instants so, and they say nothing of a zone.
    case 'int96':
      return { kind: 'time', perMs: 1_000_000, isUtc: true }
    case 'float':
    case 'double':
      return { kind: 'real' }
    case 'bytes':
      return { kind: 'text' }
    case 'fixed':
      return { kind: 'bytes' }
  }
}

/**
 * The form of a column by its element of the schema.
 * @throws RangeError for a column that is of no type
 */
export const leafFormOf = (element: Fields): LeafForm => {
  const physical = physicalOf(numberOf(element[1]))
  const width = physical === 'fixed' ? numberOf(element[2]) : physical && WIDTHS[physical]
  if (physical === undefined || width === undefined || width < 0) throw new RangeError('a column is of an unknown type')
  const said = logicalMeaning(element) ?? convertedMeaning(element)
  // A type that does not fit to how its values are stored says nothing.
  const meaning = said !== undefined && fits(said, physical, width) && said.kind !== 'bytes' ? said : undefined
  if (meaning !== undefined) return { physical, width, meaning }
  const isUnknown = said !== undefined && (physical === 'bytes' || physical === 'fixed')
  return { physical, width, meaning: isUnknown ? { kind: 'bytes' } : plainMeaning(physical) }
}
