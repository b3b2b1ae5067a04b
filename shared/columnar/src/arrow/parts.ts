/** What Arrow IPC streams are made of, for readers of other columns than those of positions. */
export { decimalDigits, intervalJson, isExactDecimal, numberOfDecimal } from './exact-json.ts'
export { type FlatTable, rootTable } from './flat-table.ts'
export { type Batch, type BatchNode, type ColumnPlace, firstBuffer } from './foreign-batch.ts'
export { halfOf } from './half.ts'
export { createJsonOutput, type JsonOutput, type JsonSource } from './json-source.ts'
export { jsonWriter } from './json-text.ts'
export { createColumnWalk, type NestedColumn } from './nested-columns.ts'
