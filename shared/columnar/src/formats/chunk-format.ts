/** How data files may be written. A file is read by its name, which ends with its format. */
export const CHUNK_FORMATS = [
  'parquet',
  'csv',
  'csv.gz',
  'csv.zst',
  'ndjson',
  'ndjson.gz',
  'ndjson.zst',
  'arrow',
] as const

export type ChunkFormat = (typeof CHUNK_FORMATS)[number]
