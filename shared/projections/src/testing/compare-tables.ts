import { type ObjectStore, openTable, type Snapshot } from '@fleetlake/archive'
import { ALL_BUCKETS } from '../buckets.ts'
import { ALL_DATES, dayOfDate } from '../engine/plan-step.ts'
import { LATEST, latestColumns } from '../latest/latest.ts'
import { PRESENCE } from '../presence/presence.ts'
import { type Batch, gatherBatch } from '../table/batch.ts'
import type { ProjectionKind } from '../table/projection-kind.ts'
import { openProjectionTable } from '../table/projection-table.ts'
import { distinctReports, plainLatest, plainPresence } from './batch-oracle.ts'
import { latestTexts, presenceTexts } from './table-rows.ts'

export interface ArchiveStores {
  readonly moves: ObjectStore
  readonly presence: ObjectStore
  readonly latest: ObjectStore
}

export interface CompareOptions {
  /** The key columns of `latest`. */
  readonly bys: readonly string[]
  /** Only rows of this date, and last positions of keys that report on no other. All when missing. */
  readonly date?: string
  /** Between two looks at a table that has not taken in all yet. */
  readonly pause: () => Promise<unknown>
}

/** Rows of a projection, of the version of the archive that it has taken in. */
interface Settled {
  readonly snapshot: Snapshot
  readonly rows: Batch
}

const describe = (what: string, rows: readonly string[], wanted: readonly string[]): string[] => {
  const [there, due] = [new Set(rows), new Set(wanted)]
  const missing = wanted.find((row) => !there.has(row))
  const other = rows.find((row) => !due.has(row))
  return missing === undefined && other === undefined && rows.length === wanted.length
    ? []
    : [`${what} has ${rows.length} rows where ${wanted.length} are due: without ${missing}, with ${other}`]
}

/** What is wrong with the derived tables, as soon as each has taken in all that is archived: its rows are what the archive's come to by brute force. */
export const compareTables = async (stores: ArchiveStores, { bys, date, pause }: CompareOptions): Promise<string[]> => {
  const days = date === undefined ? undefined : { from: dayOfDate(date), to: dayOfDate(date) + 1 }
  const settled = async (kind: ProjectionKind, store: ObjectStore): Promise<Settled> => {
    for (;;) {
      const { snapshot } = await openTable(stores.moves)
      const table = await openProjectionTable(store, kind, {})
      const state = table?.state
      const isFolded = ALL_BUCKETS.every((bucket) => {
        const offset = state?.offset(bucket)
        return offset?.version === snapshot.version && offset.frontier === ALL_DATES
      })
      if (state !== undefined && isFolded) {
        const dates = kind.hasDates && days !== undefined ? { dates: days } : {}
        return { snapshot, rows: await table!.rows(state, dates) }
      }
      await pause()
    }
  }
  const reportsOf = (snapshot: Snapshot) =>
    distinctReports(stores.moves, snapshot, (file) => date === undefined || file.date === date)

  const presence = await settled(PRESENCE, stores.presence)
  const latest = await settled(LATEST, stores.latest)
  const reports = await reportsOf(latest.snapshot)
  return [
    ...describe('presence', presenceTexts(presence.rows), plainPresence(await reportsOf(presence.snapshot))),
    ...describe('latest', latestTexts(ofDays(latest.rows, days)), plainLatest(reports, bys)),
  ]
}

const DAY_MS = 86_400_000

const ofDays = (rows: Batch, days: { readonly from: number; readonly to: number } | undefined): Batch => {
  if (days === undefined) return rows
  const { eventTime } = latestColumns(rows)
  const isOf = (i: number): boolean => eventTime[i] >= days.from * DAY_MS && eventTime[i] < days.to * DAY_MS
  return gatherBatch(rows, Uint32Array.from(Array.from({ length: rows.length }, (_, i) => i).filter(isOf)))
}
