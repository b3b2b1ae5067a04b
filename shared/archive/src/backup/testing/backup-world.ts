import { compactTable } from '../../maintain/compact-table.ts'
import { vacuumTable } from '../../maintain/vacuum-table.ts'
import { cleanLog } from '../../maintain/clean-log.ts'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { makeCheckpoint } from '../../log/make-checkpoint.ts'
import { openLossTable } from '../../losses/loss-table.ts'
import type { Loss } from '../../losses/loss.ts'
import { createMemoryStore, type MemoryObjects } from '../../store/memory-store.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { storeBelow } from '../../store/store-below.ts'
import { openTable, type Table } from '../../table.ts'
import { NOW_MS, SETTINGS, someRows, writeRows } from '../../testing/log-table.ts'
import { keysOf } from '../../testing/maintained-table.ts'

const LOSS: Loss = {
  stream: 'MOVES_3',
  created: '2026-11-01T00:00:00.123456789Z',
  epoch: 0,
  partition: 3,
  from: 1,
  to: 1,
  firstStored: NOW_MS - 3_600_000,
  lastStored: NOW_MS,
  partitions: 8,
  geohashLength: 5,
  toldAt: NOW_MS,
}

/** For tests: an archive in memory, with what services do to it. */
export interface BackupWorld {
  readonly objects: MemoryObjects
  readonly archive: ObjectStore
  readonly table: Table
  /** Commits some rows of one cell; each call has others. */
  write(rows?: number): Promise<void>
  lose(): Promise<void>
  compact(): Promise<void>
  /** Deletes data files that the newest version does not name. @param nowMs long after what is there was written */
  vacuum(nowMs: number): Promise<void>
  /** Deletes what of the log no one needs. */
  cleanLog(nowMs: number): Promise<void>
}

/** @param store another than one in memory */
export const openWorld = async ({ store }: { readonly store?: ObjectStore } = {}): Promise<BackupWorld> => {
  const objects: MemoryObjects = new Map()
  const archive = store ?? createMemoryStore(objects)
  const moves = storeBelow(archive, 'moves/')
  const table = await openTable(moves, { create: SETTINGS, now: () => NOW_MS, checkpointEvery: 3, makeCheckpoint })
  const losses = await openLossTable(storeBelow(archive, 'losses/'), { create: true, now: () => NOW_MS })
  const { signal } = new AbortController()
  let written = 0
  return {
    objects,
    archive,
    table,
    write: async (rows = 20) => {
      const minute = written++
      const add = await writeRows(moves, someRows(rows, '69y7p', NOW_MS - 7_200_000 + minute * 60_000))
      await table.commit({ parts: [{ add }], operation: 'WRITE' })
    },
    lose: async () => {
      const from = written++
      const loss: Loss = { ...LOSS, from, to: from }
      await losses!.record([loss])
    },
    compact: async () => {
      const settings = { targetBytes: 1 << 27, quietMs: 0, memory: 1 << 26 }
      await compactTable(settings, { table, store: moves, codec: parquetCodec, now: () => NOW_MS + 86_400_000, signal })
    },
    vacuum: async (nowMs) => {
      await vacuumTable(table, moves, { graceMs: 0, nowMs, signal })
    },
    cleanLog: async (nowMs) => {
      await cleanLog(moves, { retentionMs: 0, nowMs, signal })
    },
  }
}

/** The rows of an archive's table, sorted. */
export const rowsIn = async (archive: ObjectStore): Promise<string[]> => {
  const store = storeBelow(archive, 'moves/')
  const table = await openTable(store)
  return keysOf({ folder: '', store, table })
}

export const lossesIn = async (archive: ObjectStore): Promise<number> =>
  (await openLossTable(storeBelow(archive, 'losses/')))?.losses.length ?? 0
