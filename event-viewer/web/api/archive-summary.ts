/**
 * The answer of `GET /api/archive?from&to&bins`; times are ms since the epoch, UTC. The totals, `oldest` and `newest` are the
 * whole table's. The histogram, dates, cells and windows are of `[from, to)`, the whole table's extent where one is missing: given in RFC 3339
 * or in ms. Files that overlap it are counted whole, but for the histogram.
 */
export interface ArchiveSummary {
  /** Who asks does not see all vehicles: there are no numbers, and nothing that says when or where any of them was. */
  readonly isHidden?: boolean
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
  /**
   * Events over time: bin i is `[from + i × binMs, from + (i + 1) × binMs)`; rows of a chunk are spread over its period. `binMs` is the
   * shortest step that people count in (1 s, 2 s, 5 s … 10 min … 1 day …) with which at most `bins` bins, 120 by default and never under
   * 2, cover the period, and `from` is a multiple of it.
   */
  readonly histogram: { readonly from: number; readonly binMs: number; readonly rows: readonly number[] }
  /** Newest first. */
  readonly dates: readonly {
    readonly date: string
    readonly rows: number
    readonly bytes: number
    readonly files: number
  }[]
  /** What the table has beside the columns of every position, in its order. */
  readonly measures: readonly { readonly name: string; readonly unit?: string; readonly description?: string }[]
  /** Most rows first. */
  readonly cells: readonly {
    readonly cell: string
    readonly rows: number
    readonly bytes: number
    readonly files: number
  }[]
  /**
   * The newest windows, newest first, at most 200: the files that begin in each. `to` is the window's end, or the end of the last window
   * that one of its files reaches into, since sparse windows share files.
   */
  readonly windows: readonly {
    readonly from: number
    readonly to: number
    readonly rows: number
    readonly bytes: number
    readonly files: number
    readonly cells: number
  }[]
}
