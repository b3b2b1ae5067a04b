import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileStore, type ObjectStore, openTable, openTableStore } from '@fleetlake/archive'
import { connectHub, createMovePublisher, type Hub, lookAtStream, provision } from '@fleetlake/hub'
import { configSchema } from '@fleetlake/contracts'
import { encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { eventually, startTestAzure, startTestHub, startTestProxy, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'

const MIB = 1024 * 1024
const PARTITIONS = 64
const WINDOWS = 1_000
const WINDOW_MS = 600_000
const BATCH_ROWS = 1_000
const BUDGET = 16 * MIB
/**
 * What a process takes beside its buffers: garbage that is not collected yet, the more the busier the machine, a flush at work, the least of
 * the read-ahead. Seen: 250 to 430 MiB more than idle with this budget, 963 with one of 1 GiB.
 */
const SLACK = 584 * MIB

/** Reaches over all windows. The same rows again and again: duplicates, which stay until compaction. */
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

const publishAll = async (hub: Hub, batches: number): Promise<void> => {
  const publisher = createMovePublisher(hub, {
    run: 'memory',
    agent: 'test',
    partitions: Array.from({ length: PARTITIONS }, (_, i) => i),
    queueBytes: MIB,
    duplicateWindowMs: 120_000,
  })
  const payloads = Array.from({ length: PARTITIONS }, (_, partition) => batchOf(partition))
  for (let batch = 0; batch < batches; batch++) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await publisher.whenRoom()
      publisher.publish(partition, payloads[partition], { 'fleet-rows': String(BATCH_ROWS) })
    }
  }
  await publisher.drain()
  publisher.close()
}

const rssOf = (pid: number): number => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) * 1024

interface BadStore {
  readonly env: Readonly<Record<string, string>>
  /** Called once the collector has opened the archive. */
  spoil(): Promise<void> | void
  mend(): Promise<void> | void
  readonly store: ObjectStore
}

/** Something else lies where the dates' folders go: every chunk fails, and the log is not touched. */
const failingFolder = async (): Promise<BadStore> => {
  const path = await temporaryFolder()
  const dates = new Set(
    Array.from({ length: WINDOWS }, (_, i) =>
      new Date(Date.UTC(2026, 0, 1) + i * WINDOW_MS).toISOString().slice(0, 10),
    ),
  )
  const blocks = [...dates].map((date) => join(path, 'moves', `date=${date}`))
  return {
    env: { FLEET_ARCHIVE_PATH: path },
    spoil: async () => {
      for (const block of blocks) await writeFile(block, 'no folder')
    },
    mend: async () => {
      for (const block of blocks) await rm(block)
    },
    store: createFileStore(join(path, 'moves')),
  }
}

/** Each answer takes longer than the flushes may wait for one another. */
const slowRemote = async (): Promise<BadStore> => {
  const azure = await startTestAzure()
  onTestFinished(() => azure.stop())
  const proxy = await startTestProxy(azure.port)
  onTestFinished(() => proxy.stop())
  const path = `az://${await azure.createContainer()}/fleet`
  const settings = {
    ...azure.settings,
    endpoint: azure.settings.endpoint.replace(`:${azure.port}/`, `:${proxy.port}/`),
  }
  const { archive } = configSchema.parse({ archive: { path, azure: settings } })
  return {
    env: {
      FLEET_ARCHIVE_PATH: path,
      FLEET_ARCHIVE_AZURE_ENDPOINT: settings.endpoint,
      FLEET_ARCHIVE_AZURE_ACCOUNT: settings.account,
      FLEET_ARCHIVE_AZURE_ACCOUNT_KEY: settings.accountKey,
    },
    spoil: () => proxy.make({ kind: 'delay', ms: 2_000 }),
    mend: () => proxy.make({ kind: 'delay', ms: 0 }, 0),
    store: await openTableStore(archive),
  }
}

test.for([
  { what: 'fails', batches: 40, open: failingFolder },
  { what: 'is slow', batches: 16, open: slowRemote },
])(
  'with 64 partitions, 1,000 windows and a store that $what a collector keeps to its budget; then it archives all of it',
  async ({ batches, open }) => {
    const server = await startTestHub({ maxFileBytes: 4 * 1024 * MIB })
    onTestFinished(() => server.stop())
    const { env, spoil, mend, store } = await open()
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
        ...env,
        FLEET_HUB_URL: server.url,
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
    await spoil()
    const idle = rssOf(collector.pid!)
    let peak = idle
    const watching = setInterval(() => (peak = Math.max(peak, rssOf(collector.pid!))), 50)
    onTestFinished(() => clearInterval(watching))
    await publishAll(hub, batches)
    // It has read what it may, and waits.
    await eventually(() => peak > idle + BUDGET / 2, { what: 'a collector that reads' })
    await mend()
    const total = PARTITIONS * batches * BATCH_ROWS
    const table = await openTable(store)
    await eventually(async () => (await table.refresh()).totals.rows === total, {
      what: `${total} rows in the table`,
      seen: () => table.snapshot.totals.rows,
    })
    expect((await lookAtStream(hub, 0)).last).toBe(batches)
    expect(Math.round((peak - idle) / MIB)).toBeLessThan((BUDGET + SLACK) / MIB)
  },
)
