export type { Codec } from './file-format.ts'
export { rowsOfFrame } from './frame-rows.ts'
export { isParquet, openCodec, readChunkFile } from './open-codec.ts'
export { parquetCodec, type ParquetRowGroups, startParquetFile } from './parquet.ts'
