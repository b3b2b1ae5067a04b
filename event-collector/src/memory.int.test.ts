import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileStore, openTable } from '@fleetlake/archive'
import { connectHub, createMovePublisher, type Hub, lookAtStream, provision } from '@fleetlake/hub'
import { configSchema, encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/contracts'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'

const MIB = 1024 * 1024
const PARTITIONS = 64
const WINDOWS = 1_000
const WINDOW_MS = 600_000
const BATCH_ROWS = 1_000
const BATCHES = 160
const BUDGET = 16 * MIB
/**
 * What a process takes beside its buffers: garbage that is not collected yet, a flush at work, the least of the read-ahead. Seen: 317 MiB more
 * than idle with this budget, 603 with one of 1 GiB.
 */
const SLACK = 400 * MIB

/** Reaches over all windows. The same rows again and again: doubles, which stay until compaction. */
const batchOf = (partition: number): Uint8Array =>
  encodePositions(
    positionsOfRows(
      Array.from({ length: BATCH_ROWS }, (_, i): PositionRow => ({
        vehicleId: `vehicle-${partition}-${i}`,
        vehicleType: 'bus',
        eventTime: Date.UTC(2026, 0, 1) + (i % WINDOWS) * WINDOW_MS,
        longitude: -56.2 + partition * 0.05,
        latitude: -34.9,
        speed: 10,
        heading: 90,
      })),
    ),
  )

const publishAll = async (hub: Hub): Promise<void> => {
  const publisher = createMovePublisher(hub, {
    run: 'memory',
    agent: 'test',
    partitions: Array.from({ length: PARTITIONS }, (_, i) => i),
    queueBytes: MIB,
    duplicateWindowMs: 120_000,
  })
  const batches = Array.from({ length: PARTITIONS }, (_, partition) => batchOf(partition))
  for (let batch = 0; batch < BATCHES; batch++) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await publisher.whenRoom()
      publisher.publish(partition, batches[partition], { 'fleet-rows': String(BATCH_ROWS) })
    }
  }
  await publisher.drain()
  publisher.close()
}

const rssOf = (pid: number): number => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) * 1024

test('with 64 partitions, 1,000 windows and a store that fails a collector keeps to its budget; then it archives all of it', async () => {
  const server = await startTestHub({ maxFileBytes: 4 * 1024 * MIB })
  onTestFinished(() => server.stop())
  const path = await temporaryFolder()
  const hub = await connectHub({ url: server.url, service: 'test' })
  onTestFinished(() => hub.close())
  await provision(
    hub,
    configSchema.parse({
      hub: { url: server.url, maxBytesPerPartition: 32 * MIB, maxBytesDeadLetters: MIB },
      partitioning: { count: PARTITIONS },
    }),
  )
  const collector = fork(join(import.meta.dirname, 'main.ts'), {
    env: {
      ...process.env,
      FLEET_HUB_URL: server.url,
      FLEET_ARCHIVE_PATH: path,
      FLEET_PARTITIONING_COUNT: String(PARTITIONS),
      FLEET_HUB_MAX_BYTES_PER_PARTITION: '32 MiB',
      FLEET_COLLECTOR_MEMORY: String(BUDGET),
      FLEET_COLLECTOR_MAX_AGE_MS: '1 s',
      FLEET_LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  onTestFinished(() => void collector.kill('SIGKILL'))
  await once(collector, 'message')
  // Something else where the dates' folders go: every chunk fails, and the log is not touched.
  const dates = new Set(
    Array.from({ length: WINDOWS }, (_, i) =>
      new Date(Date.UTC(2026, 0, 1) + i * WINDOW_MS).toISOString().slice(0, 10),
    ),
  )
  const blocks = [...dates].map((date) => join(path, 'moves', `date=${date}`))
  for (const block of blocks) await writeFile(block, 'no folder')
  const idle = rssOf(collector.pid!)
  let peak = idle
  const watching = setInterval(() => (peak = Math.max(peak, rssOf(collector.pid!))), 50)
  await publishAll(hub)
  // It has read what it may, and waits.
  await eventually(() => peak > idle + BUDGET / 2, { withinMs: 60_000, what: 'a collector that reads' })
  for (const block of blocks) await rm(block)
  const total = PARTITIONS * BATCHES * BATCH_ROWS
  const table = await openTable(createFileStore(join(path, 'moves')))
  await eventually(async () => (await table.refresh()).totals.rows === total, {
    withinMs: 150_000,
    what: `${total} rows in the table`,
  })
  clearInterval(watching)
  expect((await lookAtStream(hub, 0)).last).toBe(BATCHES)
  expect(Math.round((peak - idle) / MIB)).toBeLessThan((BUDGET + SLACK) / MIB)
})
