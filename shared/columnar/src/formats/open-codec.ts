import type { ChunkFormat } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { DataFrame } from 'nodejs-polars'
import type { Codec } from './codec.ts'
import { compressionOf } from './compression.ts'
import type { FileFormat } from './file-format.ts'
import { parquetCodec } from './parquet.ts'

/** By the first suffix; what is none of these is Parquet, which is all that other writers of the table know. */
const FORMAT = /\.(?<format>csv|ndjson|arrow)(?:\.gz|\.zst)?$/

const loadFormat = async (name: string): Promise<FileFormat | undefined> => {
  switch (FORMAT.exec(name)?.groups?.['format']) {
    case 'csv':
      return (await import('./csv.ts')).csvFormat
    case 'ndjson':
      return (await import('./ndjson.ts')).ndjsonFormat
    case 'arrow':
      return (await import('./arrow.ts')).arrowFormat
    default:
      return undefined
  }
}

/** What writes chunks of a format. Only Parquet is written without polars, which is loaded for the others. */
export const openCodec = async (format: ChunkFormat): Promise<Codec> => {
  const extension = `.${format}`
  const file = await loadFormat(extension)
  if (file === undefined) return parquetCodec
  const { compress } = compressionOf(extension)
  return {
    extension,
    encode: (columns) => {
      if (columns.length === 0) throw new FleetError('table.invalid', 'a chunk without rows')
      return compress(file.encode(columns))
    },
  }
}

/** Whether a chunk is Parquet, which can be scanned in place; others are read whole. */
export const isParquet = (path: string): boolean => !FORMAT.test(path)

/**
 * The rows of a chunk as a frame with the types of the table, in the order of the file; its name tells the format.
 * @param columns those to read, in this order; all that there are when missing
 */
export const readChunkFile = async (
  path: string,
  bytes: Uint8Array,
  columns?: readonly string[],
): Promise<DataFrame> => {
  const file = await loadFormat(path)
  if (file !== undefined) {
    const frame = file.decode(compressionOf(path).decompress(bytes))
    return columns === undefined ? frame : frame.select(...columns)
  }
  const { default: pl } = await import('nodejs-polars')
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return pl.readParquet(buffer, columns === undefined ? {} : { columns: [...columns] })
}
