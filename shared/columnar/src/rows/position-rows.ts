import type { Column } from '../columns.ts'
import type { MeasureSpec } from '../measures.ts'
import { measureOfName, type MeasureScalar } from './fit-measures.ts'
import { gatherMeasures, type MeasureColumn, measureOfValues, measureValue } from './measure-columns.ts'
import { makePositionArrays, type Positions, SENT_COLUMNS } from './positions.ts'

type NumberColumn = Exclude<Column, { readonly kind: 'id' | 'label' }>
type OptionalColumn = Extract<NumberColumn, { readonly isRequired: false }>

/**
 * One position as an object: for input that comes row by row, never for the hot path. Times are ms since the epoch, places degrees; a value that
 * is not known is NaN, or missing.
 */
export type PositionRow = { readonly vehicleId: string; readonly vehicleType: string } & {
  readonly [C in Exclude<NumberColumn, OptionalColumn> as C['key']]: number
} & { readonly [C in OptionalColumn as C['key']]?: number } & {
  /** By name; of a measure that is not well known a number is a double. */
  readonly measures?: Readonly<Record<string, string | number | boolean>>
}

type MeasuredRow = Required<Omit<PositionRow, 'measures'>> & Pick<PositionRow, 'measures'>

const utf8 = new TextEncoder()

/** The well-known measure where all values fit it; else what all of them are, and texts where they are of several kinds. */
const specOf = (name: string, values: readonly MeasureScalar[]): MeasureSpec => {
  const specs = values.map((value) => measureOfName(name, value))
  const { type } = specs[0]
  return specs.every((spec) => spec.type === type) ? specs[0] : { name, type: 'string' }
}

const measuresOfRows = (rows: readonly PositionRow[]): MeasureColumn[] => {
  const values = new Map<string, MeasureScalar[]>()
  for (const { measures = {} } of rows) {
    for (const [name, value] of Object.entries(measures)) {
      const found = values.get(name)
      if (found === undefined) values.set(name, [value])
      else found.push(value)
    }
  }
  return Array.from(values, ([name, all]) => {
    const spec = specOf(name, all)
    const valueOf = (value: MeasureScalar | undefined): MeasureScalar | null =>
      value === undefined ? null : spec.type === 'string' ? String(value) : value
    return measureOfValues(
      spec,
      rows.map(({ measures = {} }) => valueOf(measures[name])),
    )
  })
}

export const positionsOfRows = (rows: readonly PositionRow[]): Positions => {
  const ids = rows.map(({ vehicleId }) => utf8.encode(vehicleId))
  const vehicleIdOffsets = new Int32Array(rows.length + 1)
  ids.forEach(({ length }, i) => {
    vehicleIdOffsets[i + 1] = vehicleIdOffsets[i] + length
  })
  const vehicleIdBytes = new Uint8Array(vehicleIdOffsets[rows.length])
  ids.forEach((id, i) => vehicleIdBytes.set(id, vehicleIdOffsets[i]))
  const vehicleTypes = [...new Set(rows.map(({ vehicleType }) => vehicleType))]
  const codes = new Map(vehicleTypes.map((type, code) => [type, code]))
  const numbersOf = (key: NumberColumn['key']): number[] => rows.map((row) => row[key] ?? NaN)
  const arrays = makePositionArrays((key, kind) => {
    if (key === 'vehicleType') return Int32Array.from(rows, ({ vehicleType }) => codes.get(vehicleType)!)
    return kind === 'float' ? Float32Array.from(numbersOf(key)) : Float64Array.from(numbersOf(key))
  })
  return {
    length: rows.length,
    vehicleIdOffsets,
    vehicleIdBytes,
    vehicleTypes,
    measures: measuresOfRows(rows),
    ...arrays,
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const measuresAt = (columns: readonly MeasureColumn[], row: number): Pick<PositionRow, 'measures'> => {
  const values = columns.flatMap((column) => {
    const value = measureValue(column, row)
    return value === null ? [] : [[column.spec.name, value] as const]
  })
  return values.length === 0 ? {} : { measures: Object.fromEntries(values) }
}

/** Rows as objects; `measures` is there where a row has one. */
export const rowsOfPositions = (rows: Positions): MeasuredRow[] =>
  Array.from({ length: rows.length }, (_, i) => ({
    vehicleId: decoder.decode(rows.vehicleIdBytes.subarray(rows.vehicleIdOffsets[i], rows.vehicleIdOffsets[i + 1])),
    ...(Object.fromEntries(
      SENT_COLUMNS.map(({ key }) => [key, key === 'vehicleType' ? rows.vehicleTypes[rows[key][i]] : rows[key][i]]),
    ) as unknown as Omit<MeasuredRow, 'vehicleId' | 'measures'>),
    ...measuresAt(rows.measures, i),
  }))

/** Some rows, in the order of `indexes`, with all their values. */
export const takePositions = (rows: Positions, indexes: readonly number[]): Positions => {
  const all = rowsOfPositions({ ...rows, measures: [] })
  return {
    ...positionsOfRows(indexes.map((index) => all[index])),
    measures: gatherMeasures(rows.measures, Uint32Array.from(indexes)),
  }
}
