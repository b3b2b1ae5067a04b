export { type Arena, type ArenaPool, createArena, createArenaPool } from './arena.ts'
export { mayHoldTimes } from './group-period.ts'
export { type ColumnChunk, type Footer, footerBytesOf, parseFooter, type RowGroup } from './read-footer.ts'
export { type FilePart, rowsOfGroup } from './read-group.ts'
