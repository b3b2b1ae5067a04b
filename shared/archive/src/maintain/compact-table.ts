import { FleetError, reasonOf } from '@fleetlake/core'
import type { Chunk } from '../chunk.ts'
import type { AddFile } from '../log/actions.ts'
import type { DateFiles } from '../log/files.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Table } from '../table.ts'
import type { WriteChunkDeps } from '../write-chunk.ts'
import { type CompactionRules, planCompaction, type Rewrite } from './plan-compaction.ts'
import { rewriteChunks } from './rewrite-chunks.ts'

export interface CompactionSettings {
  /** What a large file has. */
  readonly targetBytes: number
  /** A window is left alone until this long after its end. */
  readonly quietMs: number
  /** Bytes that merging takes. */
  readonly memory: number
}

export interface CompactionDeps extends WriteChunkDeps {
  readonly table: Pick<Table, 'refresh' | 'commit'>
  /** Once aborted, what is rewritten is committed and nothing more is begun. */
  readonly signal: AbortSignal
  /** Dates to leave alone. */
  readonly isPassedOver?: (files: DateFiles) => boolean
}

export interface CompactionReport {
  /** The table's last version that this run wrote; undefined when it wrote none. */
  readonly version: number | undefined
  readonly commits: number
  readonly filesBefore: number
  readonly filesAfter: number
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly rows: number
  readonly duplicates: number
  /** Commits that another one went before: their work was done for nothing, and planned again. */
  readonly lost: number
  /** Nothing is left to do but what was skipped. */
  readonly isDone: boolean
  /** What could not be rewritten; it stays as it is. */
  readonly skipped: readonly { readonly date: string; readonly cell: string; readonly reason: string }[]
}

/**
 * The table's offset of compactions: each moves it by one. Invariant: compactions are one after the other, so that no two of them put rows that are
 * duplicates of each other into different files; of two that plan from one version one is refused.
 */
export const COMPACTION_APP = 'fleetlake.compaction'

/** One commit holds so much, so that little is lost when another goes before, and no file gets old before it is committed. */
const COMMIT_BYTES = 512 * 1024 * 1024
const COMMIT_AFTER_MS = 300_000
/** One rewrite: some minutes of work. */
const REWRITE_BYTES = 1024 * 1024 * 1024
/** So often in a row; then others are at work, and the next run will see. */
const MOST_LOSSES = 5
/** So many cells in a row that the store fails for: it is gone. */
const MOST_FAILURES = 3

export const compactionRules = ({ targetBytes, quietMs, memory }: CompactionSettings): CompactionRules => ({
  // A file is put whole: it is a part of the memory.
  targetBytes: Math.min(targetBytes, Math.floor(memory / 4)),
  quietMs,
  rewriteBytes: REWRITE_BYTES,
})

interface Batch {
  /** The files that leave the table. */
  readonly take: Chunk[]
  readonly add: AddFile[]
  rows: number
  duplicates: number
}

const bytesOf = (files: readonly { readonly bytes: number }[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0)

/**
 * Compacts until there is nothing to compact. Files first, then one commit that exchanges them; a crash in between leaves files that the log
 * does not name. A compaction that loses to another commit plans again from what that left.
 * @throws FleetError `store.failed`
 */
export const compactTable = async (settings: CompactionSettings, deps: CompactionDeps): Promise<CompactionReport> => {
  const { table, signal, now = Date.now, isPassedOver = () => false } = deps
  const rules = compactionRules(settings)
  const skipped = new Map<string, CompactionReport['skipped'][number]>()
  const report = { filesBefore: 0, filesAfter: 0, bytesBefore: 0, bytesAfter: 0, rows: 0, duplicates: 0 }
  let version: number | undefined
  let isDone = false
  let [commits, lost, lossesInRow, failedInRow] = [0, 0, 0, 0]

  /** Invariant: what can't be rewritten, for whatever reason, costs its own date and cell only. */
  const rewriteSome = async (snapshot: Snapshot, planned: readonly Rewrite[]): Promise<Batch> => {
    const batch: Batch = { take: [], add: [], rows: 0, duplicates: 0 }
    const began = now()
    let bytes = 0
    for (const rewrite of planned) {
      const { date, cell } = rewrite
      try {
        const options = {
          windowMs: snapshot.settings.windowMs,
          measures: snapshot.measures,
          targetBytes: rules.targetBytes,
          memory: settings.memory,
        }
        const { take, add, rows, duplicates } = await rewriteChunks(rewrite, options, deps)
        batch.take.push(...take)
        batch.add.push(...add)
        batch.rows += rows
        batch.duplicates += duplicates
        bytes += bytesOf(take)
        failedInRow = 0
      } catch (error) {
        // One file that the store does not give costs its cell; a store that gives none ends the run.
        if (error instanceof FleetError && error.code === 'store.failed' && ++failedInRow >= MOST_FAILURES) throw error
        skipped.set(`${date} ${cell}`, { date, cell, reason: reasonOf(error) })
      }
      if (signal.aborted || bytes >= COMMIT_BYTES || now() - began >= COMMIT_AFTER_MS) break
    }
    return batch
  }

  while (!signal.aborted && lossesInRow < MOST_LOSSES) {
    const snapshot = await table.refresh()
    const planned = planCompaction(snapshot, rules, { nowMs: now(), isPassedOver }).filter(
      ({ date, cell }) => !skipped.has(`${date} ${cell}`),
    )
    isDone = planned.length === 0
    if (isDone) break
    const { take: taken, add, rows, duplicates } = await rewriteSome(snapshot, planned)
    if (taken.length === 0) continue
    const from = snapshot.txn(COMPACTION_APP)
    const result = await table.commit({
      parts: [{ add, offset: { appId: COMPACTION_APP, from, to: from + 1 } }],
      remove: taken.map(({ path }) => path),
      dataChange: false,
      operation: 'OPTIMIZE',
      info: { duplicates, operationMetrics: { numRemovedFiles: taken.length, numAddedFiles: add.length } },
    })
    if (result.status !== 'committed') {
      lost++
      lossesInRow++
      continue
    }
    lossesInRow = 0
    commits++
    ;({ version } = result)
    report.filesBefore += taken.length
    report.filesAfter += add.length
    report.bytesBefore += bytesOf(taken)
    report.bytesAfter += add.reduce((sum, { size }) => sum + size, 0)
    report.rows += rows
    report.duplicates += duplicates
  }
  return { version, commits, ...report, lost, isDone, skipped: [...skipped.values()] }
}
