/** Rows as text, each with how often it is there. */
export type RowCounts = ReadonlyMap<string, number>

export interface Verdict {
  readonly rows: number
  /** Stored by the hub, and not in the table. */
  readonly lost: number
  /** In the table more often than stored. */
  readonly doubled: number
  /** In the table, and never stored. */
  readonly invented: number
}

/** Law: what the hub has stored is in the table, as often as it was stored. */
export const judge = (stored: RowCounts, archived: RowCounts): Verdict => {
  let [rows, lost, doubled, invented] = [0, 0, 0, 0]
  for (const [row, times] of stored) {
    const found = archived.get(row) ?? 0
    rows += times
    lost += Math.max(0, times - found)
    doubled += Math.max(0, found - times)
  }
  for (const [row, times] of archived) if (!stored.has(row)) invented += times
  return { rows, lost, doubled, invented }
}
