import pl from 'nodejs-polars'
import { temporaryFolder } from '@fleetlake/testing'
import type { ChunkFormat } from '@fleetlake/columnar'
import { openCodec, readChunkFile } from '@fleetlake/columnar/formats'
import type { AddFile } from '../log/actions.ts'
import { NOW_MS, type Row, SETTINGS, writeRows } from './log-table.ts'
import { createFileStore } from '../store/file-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { openTable, type Table } from '../table.ts'
import { type CompactionReport, type CompactionSettings, compactTable } from '../maintain/compact-table.ts'

/** For tests: a table in a folder, and what is in it. */

export interface TestTable {
  readonly folder: string
  readonly store: ObjectStore
  readonly table: Table
}

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

export const openTestTable = async (now: () => number = () => NOW_MS): Promise<TestTable> => {
  const folder = `${await temporaryFolder()}/moves`
  const store = createFileStore(folder)
  return { folder, store, table: await openTable(store, { create: SETTINGS, now }) }
}

export const append = async ({ store, table }: TestTable, rows: readonly Row[]): Promise<AddFile[]> => {
  const add = await writeRows(store, rows)
  await table.commit({ parts: [{ add }], operation: 'WRITE' })
  return add
}

/** All windows have ended long ago. */
export const compact = async (
  { store, table }: TestTable,
  {
    format = 'parquet',
    signal = new AbortController().signal,
    now = () => NOW_MS,
    ...settings
  }: Partial<CompactionSettings> & { format?: ChunkFormat; signal?: AbortSignal; now?: () => number } = {},
): Promise<CompactionReport> =>
  compactTable(
    { targetBytes: 1 << 27, quietMs: 0, memory: 1 << 26, ...settings },
    { table, store, codec: await openCodec(format), now, signal },
  )

export const keyOf = ({ vehicleId, time, x, y }: Pick<Row, 'vehicleId' | 'time' | 'x' | 'y'>): string =>
  `${vehicleId} ${time} ${x} ${y}`

/** What the files of a table hold, of any format, sorted. */
export const keysOf = async ({ store, table }: TestTable, snapshot = table.snapshot): Promise<string[]> => {
  const keys: string[] = []
  for (const { path } of snapshot.files()) {
    const frame = await readChunkFile(path, (await store.get(path))!)
    const ids = frame.getColumn('vehicle_id').toArray() as string[]
    const [times, xs, ys] = ['event_time', 'longitude', 'latitude'].map((name) => {
      const whole = name === 'event_time' ? pl.Int64 : pl.Float64
      return frame.getColumn(name).cast(whole).cast(pl.Float64).toArray() as number[]
    })
    ids.forEach((vehicleId, i) => {
      const [x, y] = [xs[i], ys[i]].map((degrees) => Math.round(degrees * 1e6))
      keys.push(keyOf({ vehicleId, time: times[i] / 1_000, x, y }))
    })
  }
  return keys.toSorted()
}
