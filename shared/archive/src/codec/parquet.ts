import type { Codec } from './codec.ts'
export const parquetCodec: Codec = { extension: '.parquet', encode: () => { throw new Error('soon') } }
