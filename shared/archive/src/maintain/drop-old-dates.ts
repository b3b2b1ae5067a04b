import { FleetError, goesAtMs } from '@fleetlake/core'
import { arrivalDayOf } from '../log/arrivals.ts'
import type { Totals } from '../log/files.ts'
import { retentionCommit } from '../log/retention-commit.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Table } from '../table.ts'

/** A date that is past retention. */
export interface OldDate {
  readonly date: string
  readonly totals: Totals
}

/** The dates that are past retention, by the time and by the arrival of their last rows, the oldest first: what is imported of years ago stays as long as what is new. */
export const planRetention = ({ dates, txns }: Snapshot, retentionMs: number, nowMs: number): OldDate[] =>
  Array.from(dates.values(), ({ date, totals }) => ({ date, totals }))
    .filter(({ date }) => goesAtMs(date, retentionMs, arrivalDayOf(txns, date)) <= nowMs)
    .toSorted((a, b) => a.date.localeCompare(b.date))

export interface RetentionOptions {
  readonly retentionMs: number
  readonly nowMs: number
}

/** A version drops whole dates, of about this number of files. */
const COMMIT_FILES = 5_000

const appendOnly = (dates: number): FleetError =>
  new FleetError(
    'table.unsupported',
    `${dates} or more dates are past retention and stay: the table is append-only. ` +
      'Set its property delta.appendOnly to false, or archive.retentionMs to a longer time',
  )

/**
 * Takes dates past retention out of the table; vacuum deletes their files later. A run that loses to another commit looks again.
 * @returns the dates that went
 * @throws FleetError `table.unsupported` when dates are past retention and the table is append-only
 */
export const dropOldDates = async (
  table: Pick<Table, 'refresh' | 'commit'>,
  { retentionMs, nowMs }: RetentionOptions,
): Promise<OldDate[]> => {
  const dropped: OldDate[] = []
  for (;;) {
    const snapshot = await table.refresh()
    const some: OldDate[] = []
    const remove: string[] = []
    for (const old of planRetention(snapshot, retentionMs, nowMs)) {
      if (remove.length > 0 && remove.length + old.totals.files > COMMIT_FILES) break
      some.push(old)
      for (const chunks of snapshot.dates.get(old.date)!.cells.values()) remove.push(...chunks.map(({ path }) => path))
    }
    if (some.length === 0) return dropped
    if (snapshot.isAppendOnly) throw appendOnly(some.length)
    const result = await table.commit({
      parts: [],
      remove,
      gone: some.map(({ date }) => date),
      ...retentionCommit(retentionMs),
    })
    if (result.status === 'committed') dropped.push(...some)
  }
}
