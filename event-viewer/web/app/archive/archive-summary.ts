/** What `GET /api/archive` tells of the table; times are ms since the epoch, UTC. */
export interface ArchiveSummary {
  /** Of the table; null when there is no table yet. */
  readonly version: number | null
  readonly rows: number
  readonly bytes: number
  readonly files: number
  /** Files under `smallBytes`, which compaction would merge. */
  readonly smallFiles: number
  readonly smallBytes: number
  /** Of the event times; null when there are no rows. */
  readonly oldest: number | null
  readonly newest: number | null
  /** Events over time: bin i is `[from + i × binMs, from + (i + 1) × binMs)`; rows of a chunk are spread over its period. */
  readonly histogram: { readonly from: number; readonly binMs: number; readonly rows: readonly number[] }
  /** Newest first. */
  readonly dates: readonly {
    readonly date: string
    readonly rows: number
    readonly bytes: number
    readonly files: number
  }[]
  readonly cells: readonly {
    readonly cell: string
    readonly rows: number
    readonly bytes: number
    readonly files: number
  }[]
  /** The newest windows, newest first, at most 200. */
  readonly windows: readonly {
    readonly from: number
    readonly to: number
    readonly rows: number
    readonly bytes: number
    readonly files: number
    readonly cells: number
  }[]
}
