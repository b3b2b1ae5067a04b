import type { OpsContext } from '@fleetlake/service'
import { eventually, liveFiles } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { createMetrics, type ToldMetrics } from '../../../shared/service/src/metrics/create-metrics.ts'
import { flush, publish, publishRows, row, rowsFrom, setUp } from '../testing/collector-process.ts'

const NEVER = { maxAgeMs: 3_600_000 }

/** What a collector says, and why it could not do its work. */
const createOps = (): { readonly metrics: ToldMetrics; readonly ops: OpsContext; faults(): string[] } => {
  const metrics = createMetrics('collector')
  const checks: (() => string | undefined)[] = []
  return {
    metrics,
    ops: { metrics, requires: (check) => checks.push(check), probe: () => {} },
    faults: () => checks.flatMap((check) => check() ?? []),
  }
}

/** Numbers by series, of those that begin so. */
const read = async ({ text }: ToldMetrics, ...names: string[]): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await text())
      .split('\n')
      .filter((line) => names.some((name) => line.startsWith(name)))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )

test('what is acknowledged and not archived is a lag, and is none once it is archived', async () => {
  const { hub, start } = await setUp()
  const { metrics, ops, faults } = createOps()
  await publishRows(hub, 0, rowsFrom(0, 40))
  await start(NEVER, { ops })
  await eventually(async () => (await read(metrics, 'fleetlake_collected'))['fleetlake_collected_rows_total'] === 40)
  await publishRows(hub, 0, rowsFrom(40, 60))
  await eventually(async () => (await read(metrics, 'fleetlake_collected'))['fleetlake_collected_rows_total'] === 100)
  const lags = await read(metrics, 'fleetlake_lag')
  expect(lags).toEqual({
    'fleetlake_lag_rows{partition="0"}': 100,
    'fleetlake_lag_rows{partition="1"}': 0,
    'fleetlake_lag_seconds{partition="0"}': expect.any(Number),
    'fleetlake_lag_seconds{partition="1"}': 0,
  })
  expect(lags['fleetlake_lag_seconds{partition="0"}']).toBeGreaterThan(0)
  await flush(hub, 0)
  expect(await read(metrics, 'fleetlake_lag')).toEqual({
    'fleetlake_lag_rows{partition="0"}': 0,
    'fleetlake_lag_rows{partition="1"}': 0,
    'fleetlake_lag_seconds{partition="0"}': 0,
    'fleetlake_lag_seconds{partition="1"}': 0,
  })
  expect(faults()).toEqual([])
})

test('what is archived and what can not be is counted, and how full the streams are', async () => {
  const { hub, folder, start } = await setUp()
  const { metrics, ops } = createOps()
  await start(NEVER, { ops })
  await publishRows(hub, 0, [...rowsFrom(0, 30), row(30, { latitude: 91 })])
  await publish(hub, 0, new TextEncoder().encode('garbage'))
  await flush(hub, 0)
  const counted = await read(
    metrics,
    'fleetlake_archived_rows',
    'fleetlake_archived_files',
    'fleetlake_archived_bytes',
    'fleetlake_dead_letters_total{reason="unreadable"}',
    'fleetlake_dead_letters_total{reason="off-the-globe"}',
    'fleetlake_dead_letters_total{reason="null-island"}',
    'fleetlake_lost',
    'fleetlake_flush_seconds_count',
    'fleetlake_commit_seconds_count',
    'fleetlake_stream_limit_bytes',
  )
  const { files } = await liveFiles(folder)
  expect(counted).toEqual({
    fleetlake_archived_rows_total: 30,
    fleetlake_archived_files_total: files.length,
    fleetlake_archived_bytes_total: files.reduce((sum, { size }) => sum + size, 0),
    'fleetlake_dead_letters_total{reason="unreadable"}': 1,
    'fleetlake_dead_letters_total{reason="off-the-globe"}': 1,
    'fleetlake_dead_letters_total{reason="null-island"}': 0,
    fleetlake_lost_messages_total: 0,
    fleetlake_flush_seconds_count: 1,
    fleetlake_commit_seconds_count: 1,
    'fleetlake_stream_limit_bytes{stream="MOVES_0"}': 16 * 1024 * 1024,
    'fleetlake_stream_limit_bytes{stream="MOVES_1"}': 16 * 1024 * 1024,
    'fleetlake_stream_limit_bytes{stream="DEAD_LETTERS"}': 1024 * 1024,
    'fleetlake_stream_limit_bytes{stream="SEARCHES"}': 64 * 1024 * 1024,
  })
  const held = await read(metrics, 'fleetlake_stream_bytes')
  expect(held['fleetlake_stream_bytes{stream="MOVES_0"}']).toBeGreaterThan(0)
  expect(held['fleetlake_stream_bytes{stream="MOVES_1"}']).toBe(0)
})

test("of several collectors each tells of its own partitions, and of no other's", async () => {
  const { hub, start } = await setUp()
  const all = Array.from({ length: 3 }, createOps)
  await start(NEVER, { ops: all[0].ops })
  for (const partition of [0, 1]) await publishRows(hub, partition, rowsFrom(0, 10))
  const told = async (): Promise<string[]> =>
    (await Promise.all(all.map(async ({ metrics }) => Object.keys(await read(metrics, 'fleetlake_lag_rows'))))).flat()
  const each = ['fleetlake_lag_rows{partition="0"}', 'fleetlake_lag_rows{partition="1"}']
  await eventually(async () => (await told()).toSorted().join() === each.join())
  const { collector: second } = await start(NEVER, { ops: all[1].ops })
  await start(NEVER, { ops: all[2].ops })
  await eventually(async () => (await told()).toSorted().join() === each.join())
  await second.stop()
  expect(await read(all[1].metrics, 'fleetlake_lag_rows')).toEqual({})
  await eventually(async () => (await told()).toSorted().join() === each.join())
})
