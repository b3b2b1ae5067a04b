import { once } from 'node:events'
import { join } from 'node:path'
import { createFileStore, openLossTable } from '@fleetlake/archive'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { configSchema, CONTENT_TYPES, moveStreamName, subjects } from '@fleetlake/contracts'
import { connectHub, type Hub, lookAtStream, provision, storeMessage } from '@fleetlake/hub'
import { eventually, readTable, startTestCluster, temporaryFolder, type TestCluster } from '@fleetlake/testing'
import { type Damage, damageBlocks } from './damage-blocks.ts'
import { type CollectorProcess, startCollectorProcess } from './collector-process.ts'
import { filesIn, losePower, traceServer } from './traced-server.ts'

export interface PowerLoss {
  readonly nodes: 1 | 3
  /** As nats-server has it. */
  readonly syncInterval: string
  /** The servers are killed instead, and what they had written stays. */
  readonly isKillOnly: boolean
  /** What the disk of a server of three did meanwhile, of the stream's leader or of a follower. */
  readonly damage?: { readonly what: Damage; readonly of: 'leader' | 'follower' }
  /** For so long positions are published before it. */
  readonly seconds: number
}

export interface PowerLossReport {
  readonly acknowledged: number
  /** Not in the archive once all is calm. */
  readonly lost: number
  /** Of those the ones that a recorded loss names. */
  readonly told: number
  /** And those of which a recorded loss says that there may have been some. */
  readonly perhaps: number
  /** No stream could be written and archived again. */
  readonly isStuck?: boolean
}

const EACH_MS = 20
/** A cluster that has lost what its log counts on may find no leader for a stream, ever. */
const STUCK_MS = 90_000
const AT_ONCE = 20
const FLUSH_MS = 4_000
const MIB = 1024 * 1024
const STREAM = 0

const connect = async (url: string, service: string): Promise<Hub> => connectHub({ url, service })

const payloadOf = (n: number): Uint8Array<ArrayBuffer> =>
  encodePositions(
    positionsOfRows([
      {
        vehicleId: `v-${n}`,
        vehicleType: 'bus',
        eventTime: Date.now(),
        longitude: -56.2,
        latitude: -34.9,
        speed: 1,
        heading: 2,
      },
    ]),
  ) as Uint8Array<ArrayBuffer>

/** Of the stream, as the server says; undefined while there is none. */
const leaderOf = async ({ control }: Hub): Promise<string | undefined> => {
  const asked = await control.request(`$JS.API.STREAM.INFO.${moveStreamName(STREAM)}`, new Uint8Array(), {
    timeoutMs: 5_000,
  })
  if (asked.kind !== 'answered') return undefined
  const { cluster } = JSON.parse(new TextDecoder().decode(asked.message.data)) as { cluster?: { leader?: string } }
  return cluster?.leader
}

/** Vehicles, each of one message, by the sequence under which it was acknowledged. */
type Acknowledged = Map<string, number>

const publishUntil = async (hub: Hub, end: AbortSignal): Promise<Acknowledged> => {
  const acknowledged: Acknowledged = new Map()
  let n = 0
  const one = async (): Promise<void> => {
    const number = n++
    const sent = hub.control.store(subjects.move(STREAM), payloadOf(number), {
      headers: hub.control.encodeHeaders(
        { 'content-type': CONTENT_TYPES.arrow, 'ce-id': `v-${number}` },
        `v-${number}`,
      ),
      timeoutMs: 5_000,
    })
    const answer = await sent.catch(() => undefined)
    if (answer?.kind === 'stored') acknowledged.set(`v-${number}`, answer.sequence)
  }
  while (!end.aborted) {
    await Promise.race([
      Promise.all([Promise.all(Array.from({ length: AT_ONCE }, one)), new Promise((go) => setTimeout(go, EACH_MS))]),
      new Promise((go) => end.addEventListener('abort', go)),
    ])
  }
  return acknowledged
}

/**
 * All servers and all collectors end at once while positions are published and archived; the servers come back with what their disks hold. Nothing that was acknowledged may be gone
 * without a word when all is calm again.
 */
export const playPowerLoss = async (loss: PowerLoss): Promise<PowerLossReport> => {
  const folder = await temporaryFolder()
  const { nodes, syncInterval } = loss
  const cluster = await startTestCluster({ nodes, syncInterval, folder })
  const running = new Set<CollectorProcess>()
  try {
    return await play(loss, { folder, cluster, running })
  } finally {
    await Promise.all([cluster.stop(), ...[...running].map((collector) => collector.kill())])
  }
}

interface Stage {
  readonly folder: string
  readonly cluster: TestCluster
  /** Collectors that were started. */
  readonly running: Set<CollectorProcess>
}

const play = async (
  { nodes, isKillOnly, damage, seconds }: PowerLoss,
  { folder, cluster, running }: Stage,
): Promise<PowerLossReport> => {
  const archive = join(folder, 'archive')
  const { urls, names } = cluster
  const config = configSchema.parse({
    hub: {
      url: urls[0],
      maxBytesPerPartition: 64 * MIB,
      maxBytesDeadLetters: MIB,
      maxBytesSearches: MIB,
      replicas: nodes,
    },
    partitioning: { count: 1 },
    archive: { path: archive },
    collector: { maxAgeMs: FLUSH_MS },
  })
  const collect = (): CollectorProcess => {
    const collector = startCollectorProcess({
      'hub.url': urls[0],
      'archive.path': archive,
      'collector.max-age-ms': String(FLUSH_MS),
      'hub.max-bytes-per-partition': String(64 * MIB),
      'hub.max-bytes-dead-letters': String(MIB),
      'hub.max-bytes-searches': String(MIB),
      'hub.replicas': String(nodes),
      'partitioning.count': '1',
    })
    running.add(collector)
    return collector
  }
  const publish = (hub: Hub, id: string, n: number): Promise<void> =>
    storeMessage(hub, 'move', subjects.move(STREAM), payloadOf(n), { id, contentType: CONTENT_TYPES.arrow })
  const isArchived = async (vehicle: string): Promise<boolean> =>
    (await readTable(join(archive, 'moves'))).vehicleIds.includes(vehicle)
  const first = await connect(urls[0], 'test')
  await eventually(() => provision(first, config).then(() => true), { what: 'the streams' })
  const collectorBefore = collect()
  await publish(first, 'before', -1)
  await eventually(() => isArchived('v--1'), { what: 'what was published before in the archive' })
  await collectorBefore.kill()
  await first.close()
  for (const name of names) await cluster.end(name)
  // The streams were made some time ago, an archive was begun, and all of that is on the disk.
  const before = new Map(
    await Promise.all(names.map(async (name) => [name, await filesIn(cluster.dataDirOf(name))] as const)),
  )
  const traced = new Map(await Promise.all(names.map(async (name) => [name, await traceServer(folder, name)] as const)))
  for (const name of names) await cluster.restart(name, isKillOnly ? undefined : traced.get(name))

  const hub = await connect(urls[0], 'test')
  await eventually(async () => (await lookAtStream(hub, STREAM)).last === 1, { what: 'the stream' })
  const collector = collect()
  const end = new AbortController()
  const publishing = publishUntil(hub, end.signal)
  await eventually(() => isArchived('v-0'), { what: 'the first of it in the archive' })
  await new Promise((go) => setTimeout(go, 1_000 * seconds))
  const leader =
    damage === undefined ? undefined : await eventually(() => leaderOf(hub), { what: 'the leader of the stream' })
  await Promise.all([cluster.killAll(), collector.kill()])
  end.abort()
  const acknowledged = new Map(await publishing)
  await hub.close()
  if (!isKillOnly) {
    for (const name of names) {
      const gone = await losePower(cluster.dataDirOf(name), traced.get(name)!.trace, before.get(name)!)
      console.error(`    ${name}: ${gone} bytes were not synced`)
    }
  }

  if (damage !== undefined) {
    const node = names.find((name) => (name === leader) === (damage.of === 'leader'))!
    await damageBlocks(cluster.dataDirOf(node), STREAM, damage.what)
  }
  for (const name of names) await cluster.restart(name)
  const again = await connect(urls[0], 'test')
  const isStuck = AbortSignal.timeout(STUCK_MS)
  const goOn = async (): Promise<CollectorProcess> => {
    const unlessStuck = async (condition: () => Promise<boolean>, what: string): Promise<void> => {
      await eventually(() => isStuck.aborted || condition(), { what })
      isStuck.throwIfAborted()
    }
    await unlessStuck(
      () => provision(again, config).then(async () => (await lookAtStream(again, STREAM)) !== undefined),
      'the streams',
    )
    const goesOn = collect()
    // Life goes on, so that the stream grows beyond where it was.
    for (let n = 2; n <= 4; n++) await publish(again, `after-${n}`, -n)
    await unlessStuck(() => isArchived('v--4'), 'what was published afterwards in the archive')
    return goesOn
  }
  const going = goOn()
  const collectorAgain = await Promise.race([going, once(isStuck, 'abort').then(() => undefined)])
  if (collectorAgain === undefined) {
    await again.close()
    // It starts no collector any more, and what it still waits for ends with the connection.
    await going.catch(() => undefined)
    return { acknowledged: acknowledged.size, lost: NaN, told: NaN, perhaps: NaN, isStuck: true }
  }
  await collectorAgain.kill()
  for (const line of collectorAgain.warnings) console.error(`    ${line}`)
  const { vehicleIds } = await readTable(join(archive, 'moves'))
  const inTable = new Set(vehicleIds)
  const losses = (await openLossTable(createFileStore(join(archive, 'losses'))))!.losses
  const lost = [...acknowledged].filter(([vehicle]) => !inTable.has(vehicle))
  const isTold = (sequence: number): boolean =>
    losses.some(({ epoch, from, to }) => epoch === 0 && to !== undefined && from <= sequence && sequence <= to)
  const isPerhaps = (sequence: number): boolean =>
    losses.some(({ from, to }) => to === undefined && from <= sequence) && !isTold(sequence)
  await again.close()
  return {
    acknowledged: acknowledged.size,
    lost: lost.length,
    told: lost.filter(([, sequence]) => isTold(sequence)).length,
    perhaps: lost.filter(([, sequence]) => isPerhaps(sequence)).length,
  }
}
