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

/** Invariant: what the hub has stored is in the table, as often as it was stored. */
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

/**
 * What is wrong with the rows that a complete search has found. The table was read first, and a compactor may have taken duplicates out since:
 * distinct reports must be the same, and none may be found more often than the table held it, unless rows may come to be repeated after
 * the look (a hub that was restored).
 */
export const compareFound = (
  found: RowCounts,
  archived: RowCounts,
  { mayRepeat = false }: { readonly mayRepeat?: boolean } = {},
): string[] => {
  let [missing, foreign, repeated] = [0, 0, 0]
  for (const row of archived.keys()) if (!found.has(row)) missing++
  for (const [row, times] of found) {
    const held = archived.get(row)
    if (held === undefined) foreign++
    else if (times > held && !mayRepeat) repeated++
  }
  return [
    ...(missing > 0 ? [`a search says that it is complete and misses ${missing} of ${archived.size} reports`] : []),
    ...(foreign > 0 ? [`a search found ${foreign} reports that the table does not hold`] : []),
    ...(repeated > 0 ? [`a search found ${repeated} reports more often than the table holds them`] : []),
  ]
}
