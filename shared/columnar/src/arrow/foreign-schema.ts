import { FleetError } from '@fleetlake/core'
import { Precision } from 'apache-arrow/fb/precision'
import { TimeUnit } from 'apache-arrow/fb/time-unit'
import { Type } from 'apache-arrow/fb/type'
import { UnionMode } from 'apache-arrow/fb/union-mode'
import { isSaidName, MAX_MEASURES, type MeasureSpec, type MeasureType } from '../measures.ts'
import type { FlatTable, FlatVector } from './flat-table.ts'

/** What a column is read as: `time` is whole ms since the epoch, rounded down. */
export type ColumnUse = 'text' | 'number' | 'time' | 'boolean'

export interface WantedColumn {
  readonly name: string
  readonly use: ColumnUse
  /** Nulls in all rows where the input has no such column. */
  readonly isOptional?: boolean
}

/** How the values of a column lie in its buffers. */
export type ValueForm =
  | { readonly kind: 'offsets'; readonly offsetBytes: 4 | 8 }
  | { readonly kind: 'views' }
  | { readonly kind: 'fixed'; readonly bytes: number; read(view: DataView, at: number): number }
  | { readonly kind: 'bits' }
  | { readonly kind: 'nulls' }

/** Where a column is in every record batch, and what it holds. */
export interface ForeignColumn {
  readonly form: ValueForm
  /** Its number among the nodes, and of its first buffer among the buffers but for those of views. */
  readonly node: number
  readonly buffer: number
  /** Columns of views before it: each has as many buffers more as the batch says. */
  readonly viewsBefore: number
  /** The rows are indexes into a dictionary of `form`. */
  readonly dictionary?: { readonly id: bigint; readonly index: ValueForm & { readonly kind: 'fixed' } }
}

/** Columns in all, those within others included: tables may share parts, so that few bytes could hold columns without end. */
const MOST_FIELDS = 4_096
const MOST_DEPTH = 64
const OLDEST_VERSION_WITHOUT_UNION_VALIDITY = 4

const MS_PER_DAY = 86_400_000
const LITTLE = 0

const invalid = (what: string): FleetError => new FleetError('arrow.invalid', what)

const USES: Readonly<Record<MeasureType, ColumnUse>> = {
  double: 'number',
  float: 'number',
  long: 'number',
  int: 'number',
  string: 'text',
  boolean: 'boolean',
}

const intType = (bits: number, isSigned: boolean): MeasureType | undefined => {
  if (intOf(bits, isSigned) === undefined) return undefined
  return bits < 32 || (bits === 32 && isSigned) ? 'int' : 'long'
}

/** The type of the measure that a column can be read as; undefined for other columns. */
const measureTypeOf = (field: FlatTable): MeasureType | undefined => {
  const type: number = field.int8(2)
  const details = field.table(3)
  switch (type) {
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return 'string'
    case Type.Bool:
      // Not by a dictionary, which no writer makes of two values.
      return field.has(4) ? undefined : 'boolean'
    case Type.Int:
      return intType(details?.int32(0) ?? 0, details?.bool(1) ?? false)
    case Type.FloatingPoint:
      return (details?.int16(0) ?? 0) === Precision.DOUBLE ? 'double' : 'float'
    case Type.Decimal:
      return 'double'
    default:
      return undefined
  }
}

/** A measure, and how its column is read. */
export interface WantedMeasure {
  readonly spec: MeasureSpec
  readonly column: WantedColumn
}

/**
 * The further columns that can be read: those whose values are numbers, texts or booleans, whatever their names. Columns of other types are passed over.
 * @throws FleetError `arrow.invalid` for too many
 */
export const findMeasures = (schema: FlatTable): WantedMeasure[] => {
  const fields = schema.vector(1, 4)
  const found = new Map<string, WantedMeasure>()
  const names = new TextDecoder('utf-8', { ignoreBOM: true })
  for (let i = 0; i < fields.length; i++) {
    const field = fields.table(i)
    const name = names.decode(field.text(0).subarray(0, 256))
    if (found.has(name) || !isSaidName(name)) continue
    const type = measureTypeOf(field)
    if (type === undefined) continue
    if (found.size === MAX_MEASURES) throw invalid(`the Arrow batch has more than ${MAX_MEASURES} measures`)
    found.set(name, { spec: { name, type }, column: { name, use: USES[type] } })
  }
  return [...found.values()]
}

/**
 * Where the wanted columns are, in their order; undefined for an optional one that is not there.
 * @param version of the metadata
 * @throws FleetError `arrow.invalid` that names the column that is missing or of a type that can't be read
 */
export const findColumns = (
  schema: FlatTable,
  version: number,
  wanted: readonly WantedColumn[],
): (ForeignColumn | undefined)[] => {
  if (schema.int16(0) !== LITTLE) throw invalid('the Arrow batch is big-endian: send it in little-endian')
  const fields = schema.vector(1, 4)
  const names = new TextDecoder('utf-8', { ignoreBOM: true })
  const found: (ForeignColumn | undefined)[] = wanted.map(() => undefined)
  const walk = createWalk(version)
  for (let i = 0; i < fields.length; i++) {
    const field = fields.table(i)
    const name = names.decode(field.text(0).subarray(0, 256))
    wanted.forEach((column, w) => {
      if (column.name === name) found[w] ??= { ...walk.place(), ...typeOf(field, column) }
    })
    walk.pass(field)
  }
  wanted.forEach(({ name, isOptional = false }, w) => {
    if (found[w] === undefined && !isOptional) throw invalid(`the Arrow batch has no column ${name}`)
  })
  return found
}

interface Walk {
  place(): Pick<ForeignColumn, 'node' | 'buffer' | 'viewsBefore'>
  /** Goes behind a column and all that is within it. */
  pass(field: FlatTable): void
}

const createWalk = (version: number): Walk => {
  let [fields, node, buffer, viewsBefore] = [0, 0, 0, 0]
  const pass = (field: FlatTable, depth: number): void => {
    if (++fields > MOST_FIELDS) throw invalid(`the Arrow batch has more than ${MOST_FIELDS} columns`)
    if (depth > MOST_DEPTH) throw invalid('the columns of the Arrow batch are nested too deeply')
    node++
    if (field.has(4)) {
      buffer += 2
      return
    }
    const type = field.int8(2)
    const shape = SHAPES[type]
    if (shape === undefined) throw invalid(`the Arrow batch has a column of an unknown type (${type})`)
    buffer += shape.buffers
    if (type === Type.Union) {
      if (field.table(3)?.int16(0) === UnionMode.Dense) buffer++
      if (version < OLDEST_VERSION_WITHOUT_UNION_VALIDITY) buffer++
    }
    if (shape.isViews) viewsBefore++
    const children: FlatVector = field.vector(5, 4)
    for (let i = 0; i < children.length; i++) pass(children.table(i), depth + 1)
  }
  return { place: () => ({ node, buffer, viewsBefore }), pass: (field) => pass(field, 0) }
}

/** `Type` has it with an underscore. */
const STRUCT = 13

/** The buffers of each type, those of its children apart; of views those that every batch has. */
const SHAPES: Partial<Record<number, { readonly buffers: number; readonly isViews?: boolean }>> = {
  [Type.Null]: { buffers: 0 },
  [Type.Int]: { buffers: 2 },
  [Type.FloatingPoint]: { buffers: 2 },
  [Type.Binary]: { buffers: 3 },
  [Type.Utf8]: { buffers: 3 },
  [Type.Bool]: { buffers: 2 },
  [Type.Decimal]: { buffers: 2 },
  [Type.Date]: { buffers: 2 },
  [Type.Time]: { buffers: 2 },
  [Type.Timestamp]: { buffers: 2 },
  [Type.Interval]: { buffers: 2 },
  [Type.List]: { buffers: 2 },
  [STRUCT]: { buffers: 1 },
  [Type.Union]: { buffers: 1 },
  [Type.FixedSizeBinary]: { buffers: 2 },
  [Type.FixedSizeList]: { buffers: 1 },
  [Type.Map]: { buffers: 2 },
  [Type.Duration]: { buffers: 2 },
  [Type.LargeBinary]: { buffers: 3 },
  [Type.LargeUtf8]: { buffers: 3 },
  [Type.LargeList]: { buffers: 2 },
  [Type.RunEndEncoded]: { buffers: 0 },
  [Type.BinaryView]: { buffers: 2, isViews: true },
  [Type.Utf8View]: { buffers: 2, isViews: true },
  [Type.ListView]: { buffers: 3 },
  [Type.LargeListView]: { buffers: 3 },
}

const typeOf = (field: FlatTable, { name, use }: WantedColumn): Pick<ForeignColumn, 'form' | 'dictionary'> => {
  const type: number = field.int8(2)
  const form = formOf(type, field.table(3), use)
  if (form === undefined) {
    throw invalid(
      `the column ${name} of the Arrow batch is of type ${Type[type] ?? type}, which can't be read as a ${use}: ${ADVICE[use]}`,
    )
  }
  const encoding = field.table(4)
  if (encoding === undefined) return { form }
  const index = encoding.table(1)
  const indexForm = index === undefined ? intOf(32, true) : intOf(index.int32(0), index.bool(1))
  if (indexForm === undefined) throw invalid(`the column ${name} of the Arrow batch has indexes of an unknown size`)
  return { form, dictionary: { id: encoding.int64(0), index: indexForm } }
}

const ADVICE: Record<ColumnUse, string> = {
  text: 'send Utf8, LargeUtf8 or Utf8View, plain or in a dictionary',
  number: 'send a float, an integer or a decimal',
  time: 'send a timestamp, a date, or a number of ms since 1970',
  boolean: 'send booleans',
}

const formOf = (type: number, details: FlatTable | undefined, use: ColumnUse): ValueForm | undefined => {
  if (use === 'text') {
    if (type === Type.Utf8) return { kind: 'offsets', offsetBytes: 4 }
    if (type === Type.LargeUtf8) return { kind: 'offsets', offsetBytes: 8 }
    return type === Type.Utf8View ? { kind: 'views' } : undefined
  }
  if (use === 'boolean') return type === Type.Bool ? { kind: 'bits' } : undefined
  if (type === Type.Null) return { kind: 'nulls' }
  if (type === Type.Int) return intOf(details?.int32(0) ?? 0, details?.bool(1) ?? false)
  if (type === Type.FloatingPoint) return floatOf(details?.int16(0) ?? 0)
  if (type === Type.Decimal) return decimalOf(details?.int32(1) ?? 0, details?.int32(2, 128) ?? 128)
  if (use !== 'time') return undefined
  if (type === Type.Timestamp) return timestampOf(details?.int16(0) ?? 0)
  return type === Type.Date ? dateOf(details?.int16(0, 1) ?? 1) : undefined
}

type Fixed = ValueForm & { readonly kind: 'fixed' }

const fixed = (bytes: number, read: Fixed['read']): Fixed => ({ kind: 'fixed', bytes, read })

const intOf = (bits: number, isSigned: boolean): Fixed | undefined => {
  switch (bits) {
    case 8:
      return fixed(1, isSigned ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at))
    case 16:
      return fixed(2, isSigned ? (view, at) => view.getInt16(at, true) : (view, at) => view.getUint16(at, true))
    case 32:
      return fixed(4, isSigned ? (view, at) => view.getInt32(at, true) : (view, at) => view.getUint32(at, true))
    case 64:
      return fixed(8, (view, at) => Number(isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true)))
    default:
      return undefined
  }
}

const halfOf = (bits: number): number => {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  const sign = bits >> 15 === 0 ? 1 : -1
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

const floatOf = (precision: number): Fixed | undefined => {
  switch (precision) {
    case Precision.HALF:
      return fixed(2, (view, at) => halfOf(view.getUint16(at, true)))
    case Precision.SINGLE:
      return fixed(4, (view, at) => view.getFloat32(at, true))
    case Precision.DOUBLE:
      return fixed(8, (view, at) => view.getFloat64(at, true))
    default:
      return undefined
  }
}

/** Two's complement of 32 to 256 bits. */
const decimalOf = (scale: number, bits: number): Fixed | undefined => {
  if (Math.abs(scale) > 76) return undefined
  const unit = 10 ** Math.abs(scale)
  const scaled = (value: number): number => (scale < 0 ? value * unit : value / unit)
  if (bits === 32) return fixed(4, (view, at) => scaled(view.getInt32(at, true)))
  if (bits !== 64 && bits !== 128 && bits !== 256) return undefined
  const words = bits / 64
  return fixed(8 * words, (view, at) => {
    let value = view.getBigInt64(at + 8 * (words - 1), true)
    for (let word = words - 2; word >= 0; word--) value = (value << 64n) | view.getBigUint64(at + 8 * word, true)
    return scaled(Number(value))
  })
}

const timestampOf = (unit: number): Fixed | undefined => {
  switch (unit) {
    case TimeUnit.SECOND:
      return fixed(8, (view, at) => Number(view.getBigInt64(at, true)) * 1_000)
    case TimeUnit.MILLISECOND:
      return fixed(8, (view, at) => Number(view.getBigInt64(at, true)))
    case TimeUnit.MICROSECOND:
      return fixed(8, (view, at) => wholeMs(view.getBigInt64(at, true), 1_000n))
    case TimeUnit.NANOSECOND:
      return fixed(8, (view, at) => wholeMs(view.getBigInt64(at, true), 1_000_000n))
    default:
      return undefined
  }
}

/** Rounded down; exact, as numbers of 2026's nanoseconds are not. */
const wholeMs = (value: bigint, perMs: bigint): number => Number((value - (((value % perMs) + perMs) % perMs)) / perMs)

const dateOf = (unit: number): Fixed | undefined => {
  if (unit === 0) return fixed(4, (view, at) => view.getInt32(at, true) * MS_PER_DAY)
  return unit === 1 ? fixed(8, (view, at) => Number(view.getBigInt64(at, true))) : undefined
}
