import { readFile, rm } from 'node:fs/promises'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { configSchema } from '@fleetlake/contracts'
import { connectHub, createMovePublisher, provision } from '@fleetlake/hub'
import { startNatsServer, type SyncInterval } from '@fleetlake/nats-server'
import { temporaryFolder } from '@fleetlake/testing'
import { describeMachine, readCommit } from './machine.ts'
import { median } from './planning/median.ts'

/** What `hub.syncInterval: always` costs beside 10 s: the same messages, in pairs, in the order ABBA. */
const LOADS = [
  { what: '1 position a message, one publisher', rows: 1, messages: 2_000, partitions: 1, queueBytes: 64 * 1024 },
  {
    what: '1 position a message, 8 partitions at once',
    rows: 1,
    messages: 8_000,
    partitions: 8,
    queueBytes: 64 * 1024,
  },
  {
    what: '1,000 positions a message, 8 partitions at once',
    rows: 1_000,
    messages: 3_000,
    partitions: 8,
    queueBytes: 512 * 1024,
  },
] as const
const PAIRS = 2
const MIB = 1024 * 1024
const TICKS_PER_S = 100

interface Run {
  readonly rowsPerS: number
  /** Of nats-server, seconds. */
  readonly cpuS: number
}

const cpuOf = async (pid: number): Promise<number> => {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
}

const batchOf = (rows: number): Uint8Array =>
  encodePositions(
    positionsOfRows(
      Array.from({ length: rows }, (_, i) => ({
        vehicleId: `vehicle-${i}`,
        vehicleType: 'bus',
        eventTime: 1_767_600_000_000 + i * 7,
        longitude: -56.2 + i / 50_000,
        latitude: -34.9 + i / 70_000,
        speed: i % 30,
        heading: i % 360,
      })),
    ),
  )

const measure = async (syncInterval: SyncInterval, load: (typeof LOADS)[number]): Promise<Run> => {
  const dataDir = await temporaryFolder()
  const server = await startNatsServer({ dataDir, syncInterval, maxFileBytes: 8 * 1024 * MIB })
  const config = configSchema.parse({
    hub: { url: server.url, maxBytesPerPartition: 512 * MIB },
    partitioning: { count: load.partitions },
  })
  const hub = await connectHub({ url: server.url, service: 'bench' })
  await provision(hub, config)
  const partitions = Array.from({ length: load.partitions }, (_, i) => i)
  const publisher = createMovePublisher(hub, {
    run: 'bench',
    agent: 'bench',
    partitions,
    queueBytes: load.queueBytes,
    duplicateWindowMs: config.hub.duplicateWindowMs,
  })
  const payload = batchOf(load.rows)
  const cpuBefore = await cpuOf(server.pid)
  const startedAt = performance.now()
  for (let n = 0; n < load.messages; n++) {
    await publisher.whenRoom()
    publisher.publish(n % load.partitions, payload, { 'fleet-rows': String(load.rows) })
  }
  await publisher.drain()
  const seconds = (performance.now() - startedAt) / 1_000
  const cpuS = (await cpuOf(server.pid)) - cpuBefore
  publisher.close()
  await hub.close()
  await server.stop()
  await rm(dataDir, { recursive: true })
  return { rowsPerS: (load.rows * load.messages) / seconds, cpuS }
}

const round = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en-GB')

const { cpu, cores, node, load: busy } = describeMachine()
console.log(`${cpu}, ${cores} cores, Node ${node}, commit ${await readCommit()}, load of the minute before ${busy}\n`)
console.log('| load | | positions/s | messages/s | nats-server, µs of processor a message |')
console.log('|---|---|---|---|---|')
for (const load of LOADS) {
  const runs = { lazy: [] as Run[], always: [] as Run[] }
  for (let pair = 0; pair < PAIRS; pair++) {
    for (const which of ['lazy', 'always', 'always', 'lazy'] as const) {
      runs[which].push(await measure(which === 'always' ? 'always' : 10_000, load))
    }
  }
  for (const [which, name] of [
    ['lazy', '10 s'],
    ['always', 'always'],
  ] as const) {
    const rowsPerS = median(runs[which].map((run) => run.rowsPerS))
    const each = median(runs[which].map((run) => (run.cpuS * 1e6) / load.messages))
    console.log(`| ${load.what} | ${name} | ${round(rowsPerS)} | ${round(rowsPerS / load.rows)} | ${round(each)} |`)
  }
}
