import {
  type AddFile,
  compactTable,
  createMemoryStore,
  type MemoryObjects,
  type ObjectStore,
  openTable,
  type Snapshot,
  type Table,
} from '@fleetlake/archive'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { dateOf, FleetError } from '@fleetlake/core'
import { retentionCommit } from '../../../archive/src/log/retention-commit.ts'
import { MEASURES, type Row, SETTINGS, writeRows } from '../../../archive/src/testing/log-table.ts'
import { dayOfDate } from '../engine/plan-step.ts'
import { latestProjection, PRESENCE_PROJECTION, type Projection } from '../engine/projection.ts'
import { type ProjectionEvent, stepBuckets } from '../engine/step-buckets.ts'
import { createHeldKeys, type HeldKeys } from '../fold/held-keys.ts'
import { LATEST } from '../latest/latest.ts'
import { PRESENCE } from '../presence/presence.ts'
import { openProjectionTable, type ProjectionTable } from '../table/projection-table.ts'
import { mergeProjection } from '../tidy/merge-files.ts'
import { tidyProjection } from '../tidy/tidy-projection.ts'
import { distinctReports, plainLatest, plainPresence } from './batch-oracle.ts'
import { latestTexts, presenceTexts } from './table-rows.ts'

/** For tests: a table of positions to which anything happens, and projectors that die at any moment. */

export const NOW_MS = Date.UTC(2026, 10, 21, 10)
/** By which positions may be keyed, beside the vehicle. */
export const BY = 'state'
const NO_SIGNAL = new AbortController().signal

const KINDS = [PRESENCE, LATEST]

/** The process that has a store has died. */
class Died extends Error {}

/** A store whose user dies after some requests: the last one is carried out, or is not. */
const dyingStore = (store: ObjectStore, after: number, isCarriedOut: boolean): ObjectStore => {
  let left = after
  const ask = async <Answer>(request: () => Promise<Answer>): Promise<Answer> => {
    if (left-- > 0) return request()
    if (left === -1 && isCarriedOut) await request()
    throw new Died()
  }
  return {
    ...store,
    get: (path, range) => ask(() => store.get(path, range)),
    put: (path, bytes) => ask(() => store.put(path, bytes)),
    putIfAbsent: (path, bytes) => ask(() => store.putIfAbsent(path, bytes)),
    size: (path) => ask(() => store.size(path)),
  }
}

/** What a projector remembers between its steps. */
interface Projector {
  held: readonly HeldKeys[]
  tables: ProjectionTable[]
}

export interface Death {
  /** Requests that it still makes. */
  readonly after: number
  readonly isCarriedOut: boolean
}

export interface ProjectorStep {
  /** Two of them. */
  readonly who: number
  readonly buckets: readonly number[]
  /** It knows no later version than at its step before. */
  readonly isBehind: boolean
  readonly memory: number
  readonly death: Death | undefined
}

const isDead = (error: unknown): boolean => {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof Died) return true
  return false
}

/** A row of latest. */
interface KeptRow {
  readonly text: string
  readonly by: string
  readonly key: string
  readonly time: number
}

const keptRow = (text: string): KeptRow => ({ ...(JSON.parse(text) as Omit<KeptRow, 'text'>), text })

/** Both tables as texts, and what they are to be. */
export interface SettledTables {
  /** Retention has taken rows, of which last positions may stay. */
  readonly isRetained: boolean
  /** Those that were known of dates when retention took them, of keys of which nothing came since. */
  readonly kept: readonly string[]
  readonly presence: readonly string[]
  readonly wantedPresence: readonly string[]
  readonly latest: readonly string[]
  readonly wantedLatest: readonly string[]
}

export interface World {
  readonly events: readonly ProjectionEvent[]
  /** @returns whether nothing is left to do */
  step(step: ProjectorStep): Promise<boolean>
  write(rows: readonly Row[]): Promise<void>
  /** As another engine does: names that tell nothing, no statistics. */
  writeForeign(rows: readonly Row[]): Promise<void>
  /** As another engine does. */
  removeFile(which: number): Promise<void>
  /** As retention does. @param isFolded the date is folded before */
  dropDate(date: string, isFolded?: boolean): Promise<void>
  compact(): Promise<void>
  /** Files that the newest version does not name go, whoever may still want them. */
  vacuum(): Promise<void>
  /** As the compactor does with the tables of projections. */
  tidy(): Promise<void>
  copy(): MemoryObjects
  restore(copy: MemoryObjects): Promise<void>
  /** All projectors are restarted with these columns by which positions are keyed, beside the vehicle. */
  keyBy(columns: readonly string[]): void
  /** Steps until nothing is left to do. */
  settle(): Promise<SettledTables>
}

/** @param buckets those that rows of the world are in: more would cost time and show nothing */
export const createWorld = async (buckets: readonly number[]): Promise<World> => {
  const disk: MemoryObjects = new Map()
  const moves = createMemoryStore(disk)
  const options = { create: SETTINGS, now: () => NOW_MS, checkEveryMs: 0 }
  let table: Table = await openTable(moves, options)
  const stores = KINDS.map(() => createMemoryStore())
  let latestBy: readonly string[] = [BY]
  const projectors: (Projector | undefined)[] = []
  /** The version that each projector knows. */
  const known: (Snapshot | undefined)[] = []
  const events: ProjectionEvent[] = []
  /** Keys of latest whose rows retention may have taken out of the table. */
  let isRetained = false
  let kept: readonly KeptRow[] = []

  const projectorOf = async (who: number): Promise<Projector> => {
    projectors[who] ??= {
      held: KINDS.map(createHeldKeys),
      tables: await Promise.all(
        KINDS.map(
          async (kind, i) => (await openProjectionTable(stores[i], kind, { create: true, now: () => NOW_MS }))!,
        ),
      ),
    }
    return projectors[who]
  }
  /** A death is of the whole projector: what it remembers is gone. */
  const dying = async (who: number, death: Death): Promise<Projector> => ({
    held: (await projectorOf(who)).held,
    tables: await Promise.all(
      KINDS.map(
        async (kind, i) =>
          (await openProjectionTable(dyingStore(stores[i], death.after, death.isCarriedOut), kind, {
            create: true,
            now: () => NOW_MS,
          }))!,
      ),
    ),
  })

  const step = async ({ who, buckets: owned, isBehind, memory, death }: ProjectorStep): Promise<boolean> => {
    const snapshot = (isBehind ? known[who] : undefined) ?? (await table.refresh())
    known[who] = snapshot
    let isComplete = true
    try {
      const { held, tables } = death === undefined ? await projectorOf(who) : await dying(who, death)
      const projections: readonly Projection[] = [PRESENCE_PROJECTION, latestProjection(latestBy)]
      for (const [i, projection] of projections.entries()) {
        const report = await stepBuckets(owned, {
          moves: death === undefined ? moves : dyingStore(moves, 2 * death.after, death.isCarriedOut),
          snapshot,
          projection,
          table: tables[i],
          held: held[i],
          memory,
          maxLagMs: 86_400_000,
          now: () => NOW_MS,
          signal: NO_SIGNAL,
          tell: (event) => events.push(event),
          onRows: () => {},
        })
        isComplete &&= report.isComplete && report.version === snapshot.version
      }
    } catch (error) {
      if (!isDead(error)) throw error
      isComplete = false
    } finally {
      if (death !== undefined) projectors[who] = known[who] = undefined
    }
    return isComplete
  }

  /** The table has the columns of all rows in it, as of whoever writes to it. */
  const commit = async (add: readonly AddFile[], rows: readonly Row[]): Promise<void> => {
    const names = new Set(rows.flatMap(({ measures = {} }) => Object.keys(measures)))
    const columns = MEASURES.filter(({ name }) => names.has(name))
    const keys = new Set(rows.flatMap(({ vehicleId, measures }) => [vehicleId, measures?.[BY]]))
    kept = kept.filter(({ key }) => !keys.has(key))
    await table.commit({ parts: [{ add }], columns, operation: 'WRITE' })
  }

  const dateFiles = (date: string): string[] =>
    [...table.snapshot.files()].filter((file) => file.date === date).map(({ path }) => path)

  const settle = async (): Promise<SettledTables> => {
    for (
      let steps = 0;
      !(await step({ who: 0, buckets, isBehind: false, memory: Infinity, death: undefined }));
      steps++
    ) {
      if (steps > 50) throw new FleetError('service.failed', 'projections do not come to an end')
    }
    const { tables } = await projectorOf(0)
    const [presence, latest] = await Promise.all(tables.map(async (each) => each.rows(await each.refresh(), {})))
    const reports = await distinctReports(moves, table.snapshot)
    const { newestDateGone } = table.snapshot
    const gone = newestDateGone === undefined ? -1 : dayOfDate(newestDateGone)
    return {
      isRetained,
      kept: kept.map(({ text }) => text),
      presence: presenceTexts(presence, (day) => day > gone),
      wantedPresence: plainPresence(reports.filter(({ date }) => dayOfDate(date) > gone)),
      latest: latestTexts(latest),
      wantedLatest: plainLatest(reports, ['vehicle_id', ...latestBy]),
    }
  }

  return {
    events,
    step,
    write: async (rows: readonly Row[]) => {
      if (rows.length > 0) await commit(await writeRows(moves, rows), rows)
    },
    writeForeign: async (rows: readonly Row[]) => {
      const add = await Promise.all(
        (await writeRows(moves, rows)).map(async ({ path: written, partitionValues, size, modificationTime }, i) => {
          const path = `part-${table.snapshot.version}-${i}.parquet`
          await moves.put(path, (await moves.get(written))!)
          return { path, partitionValues, size, modificationTime }
        }),
      )
      if (add.length > 0) await commit(add, rows)
    },
    removeFile: async (which: number) => {
      const files = [...table.snapshot.files()]
      if (files.length === 0) return
      const { path, date } = files[which % files.length]
      kept = kept.filter(({ time }) => dateOf(time) !== date)
      await table.commit({ parts: [], remove: [path], operation: 'DELETE' })
    },
    dropDate: async (date: string, isFolded = false) => {
      const remove = dateFiles(date)
      if (remove.length === 0) return
      isRetained = true
      if (isFolded) {
        const rows = (await settle()).latest.map(keptRow).filter(({ time }) => dateOf(time) === date)
        kept = [...kept, ...rows.filter(({ text }) => kept.every((row) => row.text !== text))]
      }
      await table.commit({ parts: [], remove, gone: [date], ...retentionCommit(86_400_000) })
    },
    compact: async () => {
      await compactTable(
        { targetBytes: 1 << 27, quietMs: 0, memory: 1 << 26 },
        { table, store: moves, codec: parquetCodec, now: () => NOW_MS, signal: NO_SIGNAL },
      )
    },
    vacuum: async () => {
      await table.refresh()
      // Files of the versions that they know would not go as soon as this.
      known.length = 0
      for (const path of disk.keys()) {
        if (!path.startsWith('_') && table.snapshot.find(path) === undefined) disk.delete(path)
      }
    },
    tidy: async () => {
      const { newestDateGone } = await table.refresh()
      for (const [i, kind] of KINDS.entries()) {
        const own = await openProjectionTable(stores[i], kind, { now: () => NOW_MS })
        if (own === undefined) continue
        await mergeProjection(own, { nowMs: () => NOW_MS, signal: NO_SIGNAL })
        await tidyProjection(own, { newestDateGone, graceMs: 0, logRetentionMs: 0, nowMs: NOW_MS, signal: NO_SIGNAL })
      }
    },
    copy: (): MemoryObjects => new Map(disk),
    restore: async (copy: MemoryObjects) => {
      disk.clear()
      for (const [path, object] of copy) disk.set(path, object)
      table = await openTable(moves, options)
      kept = []
      known.length = 0
    },
    keyBy: (columns: readonly string[]) => {
      latestBy = columns
      kept = kept.filter(({ by }) => by === 'vehicle_id' || columns.includes(by))
      projectors.length = 0
      known.length = 0
    },
    settle,
  }
}
