/**
 * What it costs a small search that it finds what is not archived yet: `node hot-rows.bench.ts [--rate 20000] [--seconds 70]`.
 * A hub, a collector and a finder, each a process of its own; the same search again and again, first with everything archived,
 * then under a load that is archived once a minute, as it is by default.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { configSchema } from '@fleetlake/contracts'
import { encodePositions, type Positions } from '@fleetlake/columnar'
import { createRandomStreams } from '@fleetlake/core'
import { askVehicles, connectHub, createMovePublisher, flushStreams, provision } from '@fleetlake/hub'
import { startTestHub, temporaryFolder } from '@fleetlake/testing'
import pidusage from 'pidusage'

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '70' },
    json: { type: 'boolean', default: false },
  },
})
const RATE = Number(values.rate)
const SECONDS = Number(values.seconds)
const PARTITIONS = 8
const BATCH_ROWS = 1_200
const [WEST, SOUTH] = [-56.25, -34.93]
const GIB = 1024 ** 3

const server = await startTestHub({ maxFileBytes: 8 * GIB })
const path = await temporaryFolder()
const config = configSchema.parse({ hub: { url: server.url, maxBytesPerPartition: GIB / 2 }, archive: { path } })
const hub = await connectHub({ url: server.url, service: 'bench' })
await provision(hub, config)
const start = async (service: string) => {
  const main = fileURLToPath(new URL(`../../${service}/src/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [main, '--hub.url', server.url, '--archive.path', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}
const services = { collector: await start('event-collector'), finder: await start('event-finder') }

const random = createRandomStreams(Uint32Array.of(1))
const ids = new TextEncoder().encode(
  Array.from({ length: 100_000 }, (_, i) => `v-${String(i).padStart(6, '0')}`).join(''),
)
let rows = 0
/** Of vehicles that report in turn, now, from anywhere in a city of 25 km. */
const nextBatch = (): Positions => {
  const first = rows % (100_000 - BATCH_ROWS)
  const column = (value: () => number): Float64Array => Float64Array.from({ length: BATCH_ROWS }, value)
  rows += BATCH_ROWS
  return {
    length: BATCH_ROWS,
    vehicleIdOffsets: Int32Array.from({ length: BATCH_ROWS + 1 }, (_, i) => i * 8),
    vehicleIdBytes: ids.subarray(first * 8, (first + BATCH_ROWS) * 8),
    vehicleType: new Int32Array(BATCH_ROWS),
    vehicleTypes: ['taxi'],
    measures: [],
    eventTime: column(() => Date.now()),
    longitude: column(() => WEST + random.next(0) * 0.25),
    latitude: column(() => SOUTH + random.next(0) * 0.2),
    speed: new Float32Array(BATCH_ROWS).fill(10),
    heading: new Float32Array(BATCH_ROWS),
  }
}
const publisher = createMovePublisher(hub, {
  run: 'bench',
  agent: 'a',
  partitions: Array.from({ length: PARTITIONS }, (_, i) => i),
  queueBytes: 16 * 1024 * 1024,
  duplicateWindowMs: 120_000,
})
const publishUntil = async (isOver: () => boolean, rate: number): Promise<void> => {
  const [beganAt, began] = [performance.now(), rows]
  while (!isOver()) {
    while (rows - began < ((performance.now() - beganAt) / 1_000) * rate) {
      publisher.publish((rows / BATCH_ROWS) % PARTITIONS, encodePositions(nextBatch()), {})
    }
    await delay(10)
  }
}

const square = [
  [-56.18, -34.9],
  [-56.17, -34.9],
  [-56.17, -34.891],
  [-56.18, -34.891],
  [-56.18, -34.9],
]
const ask = async (minutesAgo: number) => {
  const began = performance.now()
  const [from, to] = [minutesAgo, minutesAgo - 30].map((minutes) =>
    new Date(Date.now() - minutes * 60_000).toISOString(),
  )
  const answer = askVehicles(hub, { area: { type: 'Polygon', coordinates: [square] }, from, to })
  for await (const _ of answer);
  const { status, rows: hits, stats } = await answer.outcome
  return { doneMs: performance.now() - began, status, hits, hot: stats!.hot }
}
const askFor = async (name: string, seconds: number, minutesAgo = 29) => {
  const before = await pidusage(services.finder.pid!)
  const answers = []
  for (const until = performance.now() + seconds * 1_000; performance.now() < until;) {
    answers.push(await ask(minutesAgo))
    await delay(200)
  }
  const after = await pidusage(services.finder.pid!)
  const sorted = answers.map(({ doneMs }) => doneMs).toSorted((a, b) => a - b)
  const at = (share: number): number => Number(sorted[Math.floor(share * (sorted.length - 1))].toFixed(1))
  const last = answers.at(-1)!
  const result = {
    name,
    queries: answers.length,
    complete: answers.filter(({ status }) => status === 'complete').length,
    firstMs: Number(answers[0].doneMs.toFixed(1)),
    medianMs: at(0.5),
    p95Ms: at(0.95),
    mostMs: at(1),
    hits: last.hits,
    hotRows: last.hot.rows,
    hotMiB: Math.round(last.hot.bytes / 1024 ** 2),
    finderMiB: Math.round(after.memory / 1024 ** 2),
    finderCpuShare: Number(((after.ctime - before.ctime) / (seconds * 1_000)).toFixed(3)),
  }
  console.log(values.json ? JSON.stringify(result) : result)
}

let isOver = false
await publishUntil(() => rows >= 1_000_000, 400_000)
const streams = await publisher.drain()
await flushStreams(hub, streams, { signal: AbortSignal.timeout(60_000), onWaiting: () => undefined })
await askFor('all archived', 5)
const load = publishUntil(() => isOver, RATE)
await delay(SECONDS * 500)
await askFor('under load, the last half hour', SECONDS / 2)
await askFor('under load, an hour ago', 5, 90)
isOver = true
await load
publisher.close()
for (const child of Object.values(services)) {
  child.kill('SIGTERM')
  await once(child, 'exit')
}
await hub.close()
await server.stop()
