import { constants, zstdCompressSync } from 'node:zlib'
import { FleetError } from '@fleetlake/core'
import { type ColumnKey, COLUMNS, type ColumnSpec, placeOfColumn } from '../columns.ts'
import { hasValues, isTextMeasure, type MeasureColumn } from '../rows/measure-columns.ts'
import type { Rows } from '../rows/rows.ts'
import { bytesOfStrings, bytesOfTexts } from '../rows/text-list.ts'
import type { Codec } from './file-format.ts'
import { CREATED_BY } from '../parquet/sums.ts'
import { Bytes } from '../parquet/bytes.ts'
import type { Column } from '../parquet/plan-column.ts'
import { encodeParquet, startParquet } from '../parquet/write-file.ts'

/** Of a chunk that is written once and soon compacted: levels 3 and 6 save 1–3 % for 1.2 and 1.7 times the processor. */
const INGEST_LEVEL = 1
/** Of what is kept for years. */
const KEEP_LEVEL = 9

const compressAt = (level: number): ((bytes: Uint8Array) => Uint8Array) => {
  const params = { [constants.ZSTD_c_compressionLevel]: level }
  return (bytes) => zstdCompressSync(bytes, { params })
}
const compress = compressAt(INGEST_LEVEL)

const ID_COLUMN = COLUMNS[placeOfColumn('vehicle_id')].name

/** Rows as the columns of a row group: those of every position, then these measures. */
const parquetColumns = (rows: Rows, measures: readonly MeasureColumn[] = rows.measures): readonly Column[] => {
  const columns = COLUMNS.map((column) => parquetColumn(column, rows))
  return measures.length === 0
    ? columns
    : [...columns, ...measures.map((measure) => measureColumn(measure, rows.length))]
}

const measureColumn = (measure: MeasureColumn, length: number): Column => {
  const { name } = measure.spec
  if (isTextMeasure(measure)) {
    return { name, type: 'text', codes: measure.codes.subarray(0, length), dictionary: bytesOfTexts(measure.texts) }
  }
  const { type } = measure.spec
  const values = measure.values.subarray(0, length)
  // Measures are often whole, or of one decimal: a dictionary pays.
  return type === 'float'
    ? { name, type, values: Float32Array.from(values), encoding: 'dictionary' }
    : { name, type, values }
}

const parquetColumn = (column: ColumnSpec & { readonly key: ColumnKey }, rows: Rows): Column => {
  const { name, key } = column
  const values = rows[key].subarray(0, rows.length)
  switch (column.kind) {
    case 'id':
      return { name, type: 'string', codes: values as Int32Array, dictionary: bytesOfTexts(rows.vehicleIds) }
    case 'label':
      return { name, type: 'string', codes: values as Int32Array, dictionary: bytesOfStrings(rows.vehicleTypes) }
    case 'instant':
      return { name, type: 'timestamp', millis: values as Float64Array }
    case 'degrees':
      return { name, type: 'decimal', unscaled: values as Int32Array, precision: 9, scale: 6 }
    case 'float':
      return { name, type: 'float', values: values as Float32Array, encoding: column.encoding ?? 'plain' }
  }
}

/** Parquet, as every engine that reads the table expects its data files. */
export const parquetCodec: Codec = {
  extension: '.parquet',
  encode: (rows) => {
    if (rows.length === 0) throw new FleetError('table.invalid', 'a data file without rows')
    // A measure that none of the rows has is left out.
    const measures = rows.measures.filter((measure) => hasValues(measure, rows.length))
    return encodeParquet({ createdBy: CREATED_BY, compress, columns: parquetColumns(rows, measures) })
  },
}

/** A Parquet file that grows by row groups. */
export interface ParquetRowGroups {
  /** Of what is written so far. */
  readonly bytes: number
  /** Writes a row group. @param rows with the same measures for every row group, whether any row has them or not */
  add(rows: Rows): void
  finish(): Uint8Array
}

/** Half a tile of a compaction, measured (docs/benchmarks/search-by-id.md): of fewer rows a search for a vehicle unpacks less, and the file is larger. */
const KEEP_PAGE_ROWS = 16_384

/** A file of many row groups, compressed to be kept, of which the rows of a vehicle are found without reading it all. @param capacity bytes to make room for */
export const startParquetFile = (capacity: number, pageRows: number = KEEP_PAGE_ROWS): ParquetRowGroups => {
  const file = startParquet({
    createdBy: CREATED_BY,
    compress: compressAt(KEEP_LEVEL),
    out: new Bytes(capacity),
    pageRows,
    findBy: ID_COLUMN,
  })
  return {
    get bytes() {
      return file.bytes
    },
    add: (rows) => file.add(parquetColumns(rows)),
    finish: () => file.finish(),
  }
}
