import { FleetError } from '@fleetlake/core'
import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet'
import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import { compress, decompressors } from '../log/checkpoint-parquet.ts'
import { fieldsOf } from '../schema.ts'

/** The columns of a small table, and its rows as a Parquet file that any engine reads. Any value may be missing. */

type ColumnType = 'string' | 'integer' | 'long' | 'double' | 'timestamp'

/** Delta's name of the type. */
export type SmallColumn = readonly [name: string, type: ColumnType]

interface ValueTypes {
  readonly string: string
  readonly integer: number
  readonly long: bigint
  readonly double: number
  /** µs since the epoch. */
  readonly timestamp: bigint
}

/** A row as it is in a file; what is null there is missing here. */
export type FlatRow<Columns extends readonly SmallColumn[] = readonly SmallColumn[]> = {
  readonly [Column in Columns[number] as Column[0]]?: ValueTypes[Column[1]] | undefined
}

type Value = ValueTypes[ColumnType]

/** Each whole ms. */
export const microsOf = (timeMs: number): bigint => BigInt(Math.floor(timeMs)) * 1_000n
export const millisOf = (micros: bigint): number => Number(micros / 1_000n)

/** The table's schema as its metaData has it. */
export const smallSchemaString = (columns: readonly SmallColumn[]): string =>
  JSON.stringify({
    type: 'struct',
    fields: columns.map(([name, type]) => ({ name, type, nullable: true, metadata: {} })),
  })

/** Why rows of such columns can't be read from a table; undefined when they can. @throws FleetError `table.invalid` */
export const smallSchemaFault = (
  columns: readonly SmallColumn[],
  schemaString: string,
  partitionColumns: readonly string[],
): string | undefined => {
  const fields = fieldsOf(schemaString)
  for (const [name, type] of columns) {
    const field = fields.find((each) => each.name === name)
    if (field === undefined) return `it has no column "${name}"`
    if (field.type !== type) return `its column "${name}" is of type ${JSON.stringify(field.type)}, not ${type}`
  }
  return partitionColumns.length === 0 ? undefined : `it is partitioned by ${partitionColumns.join(', ')}`
}

/** Whether a table has no columns but these: what a rewrite of its files keeps. */
export const hasOnly = (columns: readonly SmallColumn[], schemaString: string): boolean =>
  fieldsOf(schemaString).length === columns.length

const parquetTypeOf = (type: ColumnType): Partial<SchemaElement> => {
  switch (type) {
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'integer':
      return { type: 'INT32' }
    case 'long':
      return { type: 'INT64' }
    case 'double':
      return { type: 'DOUBLE' }
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      }
  }
}

export const encodeRows = <Columns extends readonly SmallColumn[]>(
  columns: Columns,
  rows: readonly FlatRow<Columns>[],
  { isPacked = false }: { readonly isPacked?: boolean } = {},
): Uint8Array => {
  const writer = new ByteWriter()
  const valuesOf = (name: string): unknown[] =>
    rows.map((row) => (row as Readonly<Record<string, Value | undefined>>)[name] ?? null)
  void parquetWrite({
    writer,
    schema: [
      { name: 'schema', num_children: columns.length },
      ...columns.map(([name, type]) => ({ name, repetition_type: 'OPTIONAL' as const, ...parquetTypeOf(type) })),
    ],
    ...(isPacked ? { codec: 'ZSTD', compressors: { ZSTD: compress } } : { codec: 'UNCOMPRESSED' }),
    createdBy: 'Fleetlake',
    columnData: columns.map(([name]) => ({ name, data: valuesOf(name) })),
  })
  return new Uint8Array(writer.getBuffer())
}

/** Times stay as exact as they are written. */
const TIMES = {
  timestampFromMilliseconds: (millis: bigint) => millis * 1_000n,
  timestampFromMicroseconds: (micros: bigint) => micros,
  timestampFromNanoseconds: (nanos: bigint) => nanos / 1_000n,
}

/** A value as the column has it; missing when it is null or of another type. */
const valueOf = (value: unknown, type: ColumnType): Value | undefined => {
  if (type === 'string') return typeof value === 'string' ? value : undefined
  if (type === 'double') return typeof value === 'number' ? value : undefined
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
  if (!isWhole) return undefined
  return type === 'integer' ? Number(value) : BigInt(value)
}

/**
 * The rows of a file of any writer, without columns that are not asked for.
 * @param where the file, for errors
 * @throws FleetError `table.invalid`
 */
export const decodeRows = async <Columns extends readonly SmallColumn[]>(
  columns: Columns,
  bytes: Uint8Array,
  where: string,
): Promise<FlatRow<Columns>[]> => {
  try {
    const file = {
      byteLength: bytes.length,
      slice: (start: number, end = bytes.length) => new Uint8Array(bytes.subarray(start, end)).buffer,
    }
    const metadata = parquetMetadata(bytes)
    const rows = await parquetReadObjects({ file, metadata, compressors: decompressors, parsers: TIMES })
    return rows.map(
      (row) => Object.fromEntries(columns.map(([name, type]) => [name, valueOf(row[name], type)])) as FlatRow<Columns>,
    )
  } catch (error) {
    throw new FleetError('table.invalid', `${where} is not readable as a file of rows`, { cause: error })
  }
}
