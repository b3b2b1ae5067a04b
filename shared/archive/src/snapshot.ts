import type { Chunk } from './chunk.ts'

export interface Totals {
  readonly files: number
  readonly bytes: number
  /** Of the files whose rows are known. */
  readonly rows: number
}

/** The files of one UTC date. */
export interface DateFiles {
  readonly date: string
  readonly totals: Totals
  /** By geohash. */
  readonly cells: ReadonlyMap<string, readonly Chunk[]>
}

/** What a table of positions is partitioned by; fixed when it is made. */
export interface TableSettings {
  readonly geohashLength: number
  readonly windowMs: number
}

/** The table at one version. Immutable: a query keeps the one that it began with. */
export interface Snapshot {
  readonly version: number
  readonly settings: TableSettings
  readonly totals: Totals
  readonly dates: ReadonlyMap<string, DateFiles>
  /** All files, in no particular order. */
  files(): Iterable<Chunk>
  /** Whether a file is in the table; store path. */
  has(path: string): boolean
  /** The offset of a stream; 0 when it has none. */
  txn(appId: string): number
  /** Every stream's offset, by appId. */
  readonly txns: ReadonlyMap<string, number>
}
