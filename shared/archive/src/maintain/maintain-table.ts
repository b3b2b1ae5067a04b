import { reasonOf } from '@fleetlake/core'
import type { Table } from '../table.ts'
import { cleanLog } from './clean-log.ts'
import { type CompactionDeps, type CompactionReport, type CompactionSettings, compactTable } from './compact-table.ts'
import { dropOldDates, type OldDate } from './drop-old-dates.ts'
import { isDateClosed } from './plan-compaction.ts'
import { createQuietDates } from './quiet-dates.ts'
import { type VacuumReport, vacuumTable } from './vacuum-table.ts'

export interface MaintenanceSettings extends CompactionSettings {
  /** Older dates are deleted. */
  readonly retentionMs: number
  readonly logRetentionMs: number
  /** Files that no version within this time names go. */
  readonly graceMs: number
  readonly vacuumEveryMs: number
}

export interface MaintenanceDeps extends Omit<CompactionDeps, 'table' | 'isPassedOver'> {
  readonly table: Table
}

/** What a run did. */
export interface MaintenanceReport {
  readonly dropped: readonly OldDate[]
  /** Why dates past retention are still there. */
  readonly kept: string | undefined
  readonly compaction: CompactionReport
  /** Undefined when it was not its time. */
  readonly vacuum: (VacuumReport & { readonly logFiles: number }) | undefined
}

/**
 * What keeps a table in order, run after run: drops dates past retention, compacts, and now and then vacuums. Invariant: killed at any moment it harms
 * nothing, and any number of them may be at work; of two that are in each other's way one has worked for nothing.
 */
export const createMaintenance = (
  settings: MaintenanceSettings,
  deps: MaintenanceDeps,
): { run(): Promise<MaintenanceReport> } => {
  const { table, store, signal, now = Date.now } = deps
  const { quietMs, retentionMs, logRetentionMs, graceMs, vacuumEveryMs } = settings
  const dates = createQuietDates()
  let vacuumedMs = -Infinity

  const vacuum = async (): Promise<MaintenanceReport['vacuum']> => {
    if (performance.now() - vacuumedMs < vacuumEveryMs || signal.aborted) return undefined
    const report = await vacuumTable(table, store, { graceMs, nowMs: now(), signal })
    const logFiles = await cleanLog(store, { retentionMs: logRetentionMs, nowMs: now(), signal })
    vacuumedMs = performance.now()
    return { ...report, logFiles }
  }

  /** What must not be dropped keeps nothing else from being done. */
  const drop = async (): Promise<Pick<MaintenanceReport, 'dropped' | 'kept'>> => {
    try {
      return { dropped: await dropOldDates(table, { retentionMs, nowMs: now() }), kept: undefined }
    } catch (error) {
      if (!table.snapshot.isAppendOnly) throw error
      return { dropped: [], kept: reasonOf(error) }
    }
  }

  return {
    run: async () => {
      const { dropped, kept } = await drop()
      dates.observe(await table.refresh(), performance.now())
      // Who is quiet when a run begins stays so, whatever the run itself does to it.
      const busy = new Set<string>()
      for (const files of table.snapshot.dates.values()) {
        const isClosed = isDateClosed(files.date, quietMs, now())
        if (isClosed && !dates.isQuiet(files, quietMs, performance.now())) busy.add(files.date)
      }
      const compaction = await compactTable(settings, {
        ...deps,
        isPassedOver: (files) => busy.has(files.date) || dates.isSettled(files),
      })
      const left = new Set([...busy, ...compaction.skipped.map(({ date }) => date)])
      for (const files of compaction.isDone ? table.snapshot.dates.values() : []) {
        if (!left.has(files.date) && isDateClosed(files.date, quietMs, now())) dates.settle(files)
      }
      return { dropped, kept, compaction, vacuum: await vacuum() }
    },
  }
}
