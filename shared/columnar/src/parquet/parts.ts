/** What Parquet files are made of, for readers of other columns than those of positions. */
export { type Reader, readerOf, readVarint } from './bytes.ts'
export { eachDeltaBigInt, readDeltaInt32, readDeltaInt64 } from './delta.ts'
export {
  ENCODING,
  MARK,
  nameOf,
  PAGE,
  PAGE_FIELD,
  type PageCodec,
  type PageKind,
  PHYSICAL,
  type Physical,
  REPETITION,
} from './format.ts'
export { codecOf, unpackBytes } from './page-codecs.ts'
export { readRuns } from './runs.ts'
export { bytesOf, type Fields, fieldsOf, listOf, numberOf, readThrift, type Thrift } from './thrift.ts'
export { millionth } from './values.ts'
export { unpackLz4Block } from './lz4.ts'
