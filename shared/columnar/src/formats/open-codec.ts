import { FleetError } from '@fleetlake/core'
import type { DataFrame } from 'nodejs-polars'
import { CHUNK_FORMATS, type ChunkFormat } from './chunk-format.ts'
import { type Codec, bufferOf, type FileFormat } from './file-format.ts'
import { type Compression, gzip, none, zstd } from './compression.ts'
import { parquetCodec } from './parquet.ts'

/** Parquet is written and read without polars, which is loaded for the others. */
type OtherFormat = Exclude<ChunkFormat, 'parquet'>

interface Packed {
  readonly load: () => Promise<FileFormat>
  /** Of the whole file. */
  readonly compression: Compression
}

const csv = async (): Promise<FileFormat> => (await import('./csv.ts')).csvFormat
const ndjson = async (): Promise<FileFormat> => (await import('./ndjson.ts')).ndjsonFormat
const arrow = async (): Promise<FileFormat> => (await import('./arrow.ts')).arrowFormat

const FORMATS: Readonly<Record<OtherFormat, Packed>> = {
  csv: { load: csv, compression: none },
  'csv.gz': { load: csv, compression: gzip },
  'csv.zst': { load: csv, compression: zstd },
  ndjson: { load: ndjson, compression: none },
  'ndjson.gz': { load: ndjson, compression: gzip },
  'ndjson.zst': { load: ndjson, compression: zstd },
  arrow: { load: arrow, compression: none },
}

/** What is of no format that is known is Parquet, which is all that other writers of the table know. */
const formatOf = (path: string): ChunkFormat => CHUNK_FORMATS.find((format) => path.endsWith(`.${format}`)) ?? 'parquet'

/** What writes data files of a format. */
export const openCodec = async (format: ChunkFormat): Promise<Codec> => {
  if (format === 'parquet') return parquetCodec
  const { load, compression } = FORMATS[format]
  const file = await load()
  return {
    extension: `.${format}`,
    encode: (rows) => {
      if (rows.length === 0) throw new FleetError('table.invalid', 'a data file without rows')
      return compression.compress(file.encode(rows))
    },
  }
}

/** Whether a data file is Parquet, of which parts can be read; others are read whole. */
export const isParquet = (path: string): boolean => formatOf(path) === 'parquet'

/**
 * The rows of a data file as a frame with the types of the table, in the order of the file.
 * @param columns those to read, in this order; all that there are when missing
 */
export const readChunkFile = async (
  path: string,
  bytes: Uint8Array,
  columns?: readonly string[],
): Promise<DataFrame> => {
  const format = formatOf(path)
  if (format !== 'parquet') {
    const { load, compression } = FORMATS[format]
    const frame = (await load()).decode(compression.decompress(bytes))
    return columns === undefined ? frame : frame.select(...columns)
  }
  const { default: pl } = await import('nodejs-polars')
  return pl.readParquet(bufferOf(bytes), columns === undefined ? {} : { columns: [...columns] })
}
