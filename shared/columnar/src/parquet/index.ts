export { boundOfNumber } from './number-bound.ts'
export { type Arena, type ArenaPool, createArena, createArenaPool } from './arena.ts'
export { Bytes } from './bytes.ts'
export { mayHoldTimes } from './group-period.ts'
export type { Column as FileColumnValues } from './plan-column.ts'
export {
  type ColumnChunk,
  type Footer,
  footerBytesOf,
  type MeasureChunk,
  parseFooter,
  type RowGroup,
  TRAILER_BYTES,
} from './read-footer.ts'
export { filterSpanOf, type IdKey, idKeysOf, keysInBounds, keysInFilter } from './keys.ts'
export { findPages, groupOfPages, type GroupPages, indexSpanOf } from './find-pages.ts'
export { isWidened, rowsOfGroup } from './read-group.ts'
export { bytesIn, type FilePart, type Span } from './span.ts'
export { CREATED_BY } from './sums.ts'
export { type FileColumn, type FileFooter, type FileGroup, parseFileFooter, readFileGroup } from './table-file.ts'
export { type ParquetFile, startParquet } from './write-file.ts'
