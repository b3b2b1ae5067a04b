import { FleetError } from '@fleetlake/core'
import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet'
import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import { decompressors } from '../log/checkpoint-parquet.ts'
import type { LossRow } from './loss.ts'

/** The table's columns as Delta and as Parquet name their types; any may be null. */

type DeltaType = 'string' | 'integer' | 'long' | 'timestamp'

const COLUMNS = [
  ['kind', 'string'],
  ['id', 'string'],
  ['stream', 'string'],
  ['created', 'string'],
  ['epoch', 'long'],
  ['partition', 'integer'],
  ['from_sequence', 'long'],
  ['to_sequence', 'long'],
  ['first_stored', 'timestamp'],
  ['last_stored', 'timestamp'],
  ['partitions', 'integer'],
  ['geohash_length', 'integer'],
  ['told_at', 'timestamp'],
  ['settled_at', 'timestamp'],
  ['settled_by', 'string'],
  ['note', 'string'],
] as const satisfies readonly (readonly [string, DeltaType])[]

type ColumnName = (typeof COLUMNS)[number][0]
type Value = string | number | undefined
type FlatRow = Readonly<Partial<Record<ColumnName, Value>>>

export const LOSSES_SCHEMA_STRING = JSON.stringify({
  type: 'struct',
  fields: COLUMNS.map(([name, type]) => ({ name, type, nullable: true, metadata: {} })),
})

const parquetTypeOf = (type: DeltaType): Partial<SchemaElement> => {
  switch (type) {
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'integer':
      return { type: 'INT32' }
    case 'long':
      return { type: 'INT64' }
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      }
  }
}

const SCHEMA: SchemaElement[] = [
  { name: 'schema', num_children: COLUMNS.length },
  ...COLUMNS.map(([name, type]) => ({ name, repetition_type: 'OPTIONAL' as const, ...parquetTypeOf(type) })),
]

const flatten = (row: LossRow): FlatRow => {
  const { kind, id } = row
  if (row.kind === 'settled') return { kind, id, settled_at: row.at, settled_by: row.by, note: row.note }
  const { stream, created, epoch, partition, from, to, firstStored, lastStored, toldAt } = row
  return {
    kind,
    id,
    stream,
    created,
    epoch,
    partition,
    from_sequence: from,
    to_sequence: to,
    first_stored: firstStored,
    last_stored: lastStored,
    partitions: row.partitions,
    geohash_length: row.geohashLength,
    told_at: toldAt,
  }
}

const stored = (value: Value, type: DeltaType): string | number | bigint | null => {
  if (value === undefined) return null
  if (type === 'long') return BigInt(value)
  return type === 'timestamp' ? BigInt(Math.floor(Number(value))) * 1_000n : value
}

/** A file of rows, as any engine reads it. */
export const encodeLosses = (rows: readonly LossRow[]): Uint8Array => {
  const flat = rows.map(flatten)
  const writer = new ByteWriter()
  void parquetWrite({
    writer,
    schema: SCHEMA,
    codec: 'UNCOMPRESSED',
    createdBy: 'Fleetlake',
    columnData: COLUMNS.map(([name, type]) => ({ name, data: flat.map((row) => stored(row[name], type)) })),
  })
  return new Uint8Array(writer.getBuffer())
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number | undefined => {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value)
  return value instanceof Date ? value.getTime() : undefined
}

const rowOf = (row: Readonly<Record<string, unknown>>, where: string): LossRow => {
  const needed = (column: ColumnName): number => {
    const value = number(row[column])
    if (value !== undefined) return value
    throw new FleetError('table.invalid', `${where} has a row of losses without ${column}`)
  }
  const id = text(row['id'])
  if (row['kind'] === 'settled') {
    return { kind: 'settled', id, at: needed('settled_at'), by: text(row['settled_by']), note: text(row['note']) }
  }
  return {
    kind: 'loss',
    id,
    stream: text(row['stream']),
    created: text(row['created']),
    epoch: needed('epoch'),
    partition: needed('partition'),
    from: needed('from_sequence'),
    to: number(row['to_sequence']),
    firstStored: number(row['first_stored']),
    lastStored: needed('last_stored'),
    partitions: number(row['partitions']),
    geohashLength: number(row['geohash_length']),
    toldAt: needed('told_at'),
  }
}

/**
 * The rows of a file of any writer.
 * @param where the file, for errors
 * @throws FleetError `table.invalid`
 */
export const decodeLosses = async (bytes: Uint8Array, where: string): Promise<LossRow[]> => {
  try {
    const file = {
      byteLength: bytes.length,
      slice: (start: number, end = bytes.length) => new Uint8Array(bytes.subarray(start, end)).buffer,
    }
    const metadata = parquetMetadata(bytes)
    const rows = await parquetReadObjects({ file, metadata, compressors: decompressors })
    return rows.map((row) => rowOf(row, where))
  } catch (error) {
    if (error instanceof FleetError) throw error
    throw new FleetError('table.invalid', `${where} is not readable as a file of losses`, { cause: error })
  }
}
