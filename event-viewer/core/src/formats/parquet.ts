import {
  isSameVehicle,
  type Column,
  COLUMNS,
  type Kind,
  type MeasureColumn,
  type MeasureSpec,
  type MeasureType,
  type Positions,
} from '@fleetlake/columnar'
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer'
import { createAnswerMeasures, type MeasureValue, valuesOf } from '../rows/answer-measures.ts'
import { vehicleIdAt } from '../rows/vehicle-ids.ts'
import type { AnswerFormat } from './answer-format.ts'
import { blockFormat } from './block-format.ts'
import { createGeoColumns, GEO_COLUMNS, type GeoColumns } from './geo-columns.ts'

/** Of a row group: enough for statistics and compression to pay, and what is held in memory at most. */
const GROUP_ROWS = 50_000

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const

const TYPES: Readonly<Record<Kind, Omit<SchemaElement, 'name'>>> = {
  id: text,
  label: text,
  instant: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  degrees: { type: 'DOUBLE' },
  float: { type: 'FLOAT' },
}

const SCHEMA: readonly SchemaElement[] = COLUMNS.map(({ name, kind, isRequired }) => ({
  name,
  ...TYPES[kind],
  repetition_type: isRequired ? 'REQUIRED' : 'OPTIONAL',
}))

const MEASURE_TYPES: Readonly<Record<MeasureType, Omit<SchemaElement, 'name'>>> = {
  double: { type: 'DOUBLE' },
  float: { type: 'FLOAT' },
  long: { type: 'INT64' },
  int: { type: 'INT32' },
  string: text,
  boolean: { type: 'BOOLEAN' },
}

const elementOf = ({ name, type }: MeasureSpec): SchemaElement => ({
  name,
  ...MEASURE_TYPES[type],
  repetition_type: 'OPTIONAL',
})

/**
 * Parquet, a row group each 50,000 rows; the key `fleet:status` of the footer says how the answer ended, `fleet:measures` the types, units and descriptions of
 * measures where there are some.
 */
export const parquet = (): AnswerFormat => parquetFormat(false)

/** The same with `geometry`, a WKB point, and its box, by GeoParquet 1.1. */
export const geoparquet = (): AnswerFormat => parquetFormat(true)

const parquetFormat = (isGeo: boolean): AnswerFormat => {
  const bytes = new ByteWriter()
  const answer = createAnswerMeasures()
  const measures = (): readonly MeasureSpec[] => answer.specs() ?? []
  let geo: GeoColumns | undefined
  const geoColumns = (): GeoColumns => (geo ??= createGeoColumns(measures().map(({ name }) => name)))
  let writer: ParquetWriter | undefined
  /** With the columns of the first block, before it is written. */
  const begun = (): ParquetWriter => {
    if (writer !== undefined) return writer
    const schema = [...SCHEMA, ...measures().map(elementOf), ...(isGeo ? geoColumns().schema : [])]
    const columns = SCHEMA.length + measures().length + (isGeo ? GEO_COLUMNS : 0)
    writer = new ParquetWriter({
      writer: bytes,
      schema: [{ name: 'positions', num_children: columns }, ...schema],
      createdBy: 'Fleetlake',
    })
    return writer
  }
  const take = (): Uint8Array => {
    const taken = bytes.getBytes().slice()
    bytes.index = 0
    return taken
  }
  return blockFormat(
    {
      head: take,
      block: (rows) => {
        const beside = answer.columns(rows).map((column, i) => measureSource(measures()[i], column, rows.length))
        const columnData = [...columnsOf(rows), ...beside, ...(isGeo ? geoColumns().add(rows) : [])]
        void begun().write({ columnData, rowGroupSize: GROUP_ROWS })
        return take()
      },
      tail: (status) => {
        begun().kvMetadata = [
          ...(isGeo ? [{ key: 'geo', value: JSON.stringify(geoColumns().metadata()) }] : []),
          { key: 'fleet:status', value: status },
          ...(measures().length === 0 ? [] : [{ key: 'fleet:measures', value: JSON.stringify(measures()) }]),
        ]
        void begun().finish()
        return take()
      },
    },
    GROUP_ROWS,
  )
}

const columnsOf = (rows: Positions): ColumnSource[] => COLUMNS.map((column) => sourceOf(column, rows))

const measureSource = ({ name, type }: MeasureSpec, column: MeasureColumn | undefined, rows: number): ColumnSource => {
  const valueAt = column === undefined ? () => null : valuesOf(column)
  const data = Array.from({ length: rows }, (_, row) => valueAt(row))
  return { name, data: type === 'long' ? data.map(wholeOf) : data }
}

const wholeOf = (value: MeasureValue): bigint | null =>
  typeof value === 'number' && Number.isFinite(value) ? BigInt(Math.trunc(value)) : null

const sourceOf = (column: Column, rows: Positions): ColumnSource => {
  const { name } = column
  switch (column.kind) {
    case 'id':
      return { name, data: idsOf(rows) }
    case 'label':
      return { name, data: Array.from(rows[column.key], (code) => rows.vehicleTypes[code]) }
    case 'instant':
      return { name, data: BigInt64Array.from(rows[column.key], BigInt), encoding: 'DELTA_BINARY_PACKED' }
    case 'degrees':
      return { name, data: rows[column.key] }
    case 'float':
      return { name, data: nullable(rows[column.key]) }
  }
}

/** Rows of one vehicle share one text. */
const idsOf = (rows: Positions): string[] => {
  const ids: string[] = []
  for (let row = 0; row < rows.length; row++) {
    ids.push(row > 0 && isSameVehicle(rows, row) ? ids[row - 1] : vehicleIdAt(rows, row))
  }
  return ids
}

const nullable = (values: Float32Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : value))
