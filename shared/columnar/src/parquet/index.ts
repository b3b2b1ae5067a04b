export { boundOfNumber } from './number-bound.ts'
export { type Arena, type ArenaPool, createArena, createArenaPool } from './arena.ts'
export { mayHoldTimes } from './group-period.ts'
export {
  type ColumnChunk,
  type Footer,
  footerBytesOf,
  type MeasureChunk,
  parseFooter,
  type RowGroup,
} from './read-footer.ts'
export { type FilePart, isWidened, rowsOfGroup } from './read-group.ts'
