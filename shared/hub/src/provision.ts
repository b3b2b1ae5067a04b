import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  DEAD_LETTERS,
  deadLetterStream,
  describeServerFaults,
  moveStream,
  partitionOfStream,
  readVersionNumbers,
  type Config,
  type StreamOptions,
  type StreamSpec,
} from '@fleetlake/contracts'
import { FleetError, reasonOf, sleep } from '@fleetlake/core'
import {
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
  type StreamUpdateConfig,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import type { Hub } from './hub.ts'
import { API_CODES, apiCodeOf, streamsOf, untilAnswered } from './jet-stream.ts'

/** What provisioning needs of the configuration. */
export interface ProvisionConfig {
  readonly hub: Pick<Config['hub'], 'maxBytesPerPartition' | 'maxBytesDeadLetters' | 'duplicateWindowMs' | 'replicas'>
  readonly partitioning: Pick<Config['partitioning'], 'count'>
}

export interface ProvisionOptions {
  /** Told what differs from the configuration, and of a server with known faults. */
  readonly warn?: (warning: string) => void
  /** Whether streams repeat what they store to `live.move.*`; true when missing. */
  readonly republish?: boolean
}

const MIB = 1024 * 1024
const SMALLEST_BYTES = 16 * MIB

/**
 * Makes the streams that are missing, one process at a time. Idempotent. Invariant: move streams that exist decide which partitions
 * are in use, and no stream ever gets smaller or forgets ids sooner. `DEAD_LETTERS` is made last: while it is missing, the move
 * streams are not yet all there.
 * @returns the partitions in use, ascending
 * @throws FleetError `hub.no-room` when not even small streams fit into the server's `max_file`
 */
export const provision = async (
  hub: Hub,
  config: ProvisionConfig,
  { warn = () => undefined, republish = true }: ProvisionOptions = {},
): Promise<number[]> => {
  const faults = describeServerFaults(readVersionNumbers(hub.connection.info?.version ?? ''))
  if (faults !== undefined) warn(faults)
  const streams = await streamsOf(hub)
  const isWhole = (await configsOf(hub, streams)).has(DEAD_LETTERS)
  const make = (): Promise<number[]> => provisionAlone(hub, streams, config, { warn, republish })
  return isWhole ? make() : withLock(hub, streams, make)
}

const provisionAlone = async (
  hub: Hub,
  streams: JetStreamManager,
  config: ProvisionConfig,
  { warn, republish }: Required<ProvisionOptions>,
): Promise<number[]> => {
  const { maxBytesPerPartition, maxBytesDeadLetters, duplicateWindowMs, replicas } = config.hub
  const options: StreamOptions = { maxBytes: maxBytesPerPartition, duplicateWindowMs, replicas }
  const existing = await configsOf(hub, streams)
  const found = partitionsIn(existing.keys())
  const inUse = existing.has(DEAD_LETTERS) ? found : []
  const wanted = Array.from({ length: config.partitioning.count }, (_, i) => i)
  const partitions = inUse.length > 0 ? inUse : [...new Set([...found, ...wanted])].toSorted((a, b) => a - b)
  if (inUse.length > 0 && inUse.length !== config.partitioning.count) {
    warn(`the hub holds ${inUse.length} partitions; partitioning.count ${config.partitioning.count} is not used`)
  }
  const specs = [
    ...partitions.map((partition) => withRepublish(moveStream(partition, options), republish)),
    deadLetterStream({ ...options, maxBytes: maxBytesDeadLetters }),
  ]
  const missing = specs.filter(({ name }) => !existing.has(name))
  for (const spec of await fit(hub, streams, missing, warn)) await create(hub, streams, spec)
  for (const spec of specs) {
    const present = existing.get(spec.name)
    if (present !== undefined) await widen(hub, streams, { spec, present, warn })
  }
  return partitions
}

const LOCK = 'PROVISIONING'
const LOCK_RETRY_MS = 100
/** A lock this old belongs to a process that died. */
const LOCK_STALE_MS = 30_000

/** Runs while no other process does: a stream of this name with a subject of one's own can be made by one only. */
const withLock = async <Value>(hub: Hub, streams: JetStreamManager, run: () => Promise<Value>): Promise<Value> => {
  const subject = `provisioning.${randomBytes(8).toString('hex')}`
  for (;;) {
    try {
      await untilAnswered(hub, () =>
        streams.streams.add({ name: LOCK, subjects: [subject], storage: StorageType.Memory, max_bytes: 1024 }),
      )
      break
    } catch (error) {
      if (apiCodeOf(error) !== API_CODES.nameInUse) throw error
      const holder = await streams.streams.info(LOCK).catch(() => undefined)
      const ageMs =
        holder === undefined ? 0 : Date.parse(holder.ts ?? new Date().toISOString()) - Date.parse(holder.created)
      if (ageMs > LOCK_STALE_MS) await streams.streams.delete(LOCK).catch(() => undefined)
      await delay(LOCK_RETRY_MS)
    }
  }
  try {
    return await run()
  } finally {
    // One that was held too long may be another's by now.
    const holder = await streams.streams.info(LOCK).catch(() => undefined)
    if (holder?.config.subjects?.[0] === subject) await streams.streams.delete(LOCK).catch(() => undefined)
  }
}

/** The partitions in use: those whose streams exist, ascending. */
export const partitionsOf = async (hub: Hub): Promise<number[]> =>
  partitionsIn((await configsOf(hub, await streamsOf(hub))).keys())

const partitionsIn = (names: Iterable<string>): number[] =>
  [...names]
    .map(partitionOfStream)
    .filter((partition) => partition !== undefined)
    .toSorted((a, b) => a - b)

const configsOf = (hub: Hub, streams: JetStreamManager): Promise<Map<string, StreamConfig>> =>
  untilAnswered(hub, async () => {
    const configs = new Map<string, StreamConfig>()
    for await (const { config } of streams.streams.list()) configs.set(config.name, config)
    return configs
  })

const withRepublish = (spec: StreamSpec, republish: boolean): StreamSpec => {
  const { republishTo, ...rest } = spec
  return republish || republishTo === undefined ? spec : rest
}

const DISCARD = { new: DiscardPolicy.New, old: DiscardPolicy.Old }

const configOf = (spec: StreamSpec): Partial<StreamConfig> & { name: string } => ({
  name: spec.name,
  subjects: [...spec.subjects],
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DISCARD[spec.discard],
  max_bytes: spec.maxBytes,
  max_msg_size: spec.maxMessageBytes,
  duplicate_window: nanos(spec.duplicateWindowMs),
  num_replicas: spec.replicas,
  ...(spec.republishTo === undefined ? {} : { republish: { src: spec.subjects[0], dest: spec.republishTo } }),
})

/** A server that has just deleted a stream may fail to make the next one's store, once or twice. */
const STORE_PATIENCE_MS = 10_000
const STORE_RETRY_MS = 200

const create = async (hub: Hub, streams: JetStreamManager, spec: StreamSpec): Promise<void> => {
  const until = performance.now() + STORE_PATIENCE_MS
  for (;;) {
    try {
      await untilAnswered(hub, () => streams.streams.add(configOf(spec)))
      return
    } catch (error) {
      const code = apiCodeOf(error)
      // Another has made it meanwhile, with other settings.
      if (code === API_CODES.nameInUse) return
      if (code !== API_CODES.streamNotMade || performance.now() > until) throw noRoom(error, [spec])
      await sleep(STORE_RETRY_MS)
    }
  }
}

/**
 * The same streams, smaller where the server has not enough room for all of them. It reserves `maxBytes` when a stream is
 * made, so that one stream as large as all together, made and deleted, tells.
 */
const fit = async (
  hub: Hub,
  streams: JetStreamManager,
  specs: readonly StreamSpec[],
  warn: (warning: string) => void,
): Promise<readonly StreamSpec[]> => {
  if (specs.length === 0) return specs
  for (let share = 1; ; share /= 2) {
    const sized = specs.map((spec) => ({
      ...spec,
      maxBytes: Math.max(Math.floor(spec.maxBytes * share), Math.min(spec.maxBytes, SMALLEST_BYTES)),
    }))
    try {
      await reserve(hub, streams, sized)
    } catch (error) {
      if (apiCodeOf(error) !== API_CODES.insufficientStorage) throw error
      if (sized.every(({ maxBytes }) => maxBytes <= SMALLEST_BYTES)) throw noRoom(error, sized)
      continue
    }
    if (share < 1) {
      warn(
        `the server's max_file has no room for ${mebibytes(total(specs))}: ${sized[0].name} and the other new streams ` +
          `hold ${mebibytes(sized[0].maxBytes)} each, so producers wait sooner`,
      )
    }
    return sized
  }
}

const reserve = async (hub: Hub, streams: JetStreamManager, specs: readonly StreamSpec[]): Promise<void> => {
  const name = `PROBE_${randomBytes(6).toString('hex')}`
  await untilAnswered(hub, () =>
    streams.streams.add({
      name,
      subjects: [`probe.${name}`],
      storage: StorageType.File,
      max_bytes: total(specs),
      num_replicas: specs[0].replicas,
    }),
  )
  await untilAnswered(hub, () => streams.streams.delete(name))
}

const total = (specs: readonly StreamSpec[]): number => specs.reduce((bytes, { maxBytes }) => bytes + maxBytes, 0)

const mebibytes = (bytes: number): string => `${Math.floor(bytes / MIB)} MiB`

const noRoom = (error: unknown, specs: readonly StreamSpec[]): FleetError =>
  apiCodeOf(error) === API_CODES.insufficientStorage
    ? new FleetError(
        'hub.no-room',
        `the server has no room for ${specs.map(({ name }) => name).join(', ')} (${mebibytes(total(specs))}): raise max_file ` +
          'in its configuration, delete streams that nobody needs, or lower partitioning.count',
        { cause: error },
      )
    : new FleetError('hub.failed', `the server refuses the stream ${specs[0].name}: ${reasonOf(error)}`, {
        cause: error,
      })

interface Difference {
  readonly spec: StreamSpec
  readonly present: StreamConfig
  readonly warn: (warning: string) => void
}

/** Brings a stream to its configuration as far as nothing stored or remembered can get lost by it. */
/** The larger of two limits; a negative one, which is none, is the largest. */
const larger = (present: number, wanted: number): number => (present < 0 ? present : Math.max(present, wanted))

const widen = async (hub: Hub, streams: JetStreamManager, { spec, present, warn }: Difference): Promise<void> => {
  const wanted = configOf(spec)
  if (present.max_bytes > spec.maxBytes) {
    warn(`${spec.name} keeps its ${mebibytes(present.max_bytes)}: a stream is never made smaller`)
  }
  if (present.republish?.dest !== spec.republishTo) {
    warn(`${spec.name} repeats to ${present.republish?.dest ?? 'nowhere'}: that is decided when a stream is made`)
  }
  const change: Partial<StreamUpdateConfig> = {
    max_bytes: larger(present.max_bytes, spec.maxBytes),
    max_msg_size: larger(present.max_msg_size, spec.maxMessageBytes),
    duplicate_window: Math.max(present.duplicate_window, nanos(spec.duplicateWindowMs)),
    discard: wanted.discard!,
    num_replicas: spec.replicas,
  }
  const differs = (Object.keys(change) as (keyof typeof change)[]).some((key) => change[key] !== present[key])
  if (!differs) return
  try {
    await untilAnswered(hub, () => streams.streams.update(spec.name, change))
  } catch (error) {
    if (apiCodeOf(error) !== API_CODES.insufficientStorage) throw noRoom(error, [spec])
    warn(`${spec.name} keeps its ${mebibytes(present.max_bytes)}: the server's max_file has no room for more`)
    await untilAnswered(hub, () => streams.streams.update(spec.name, { ...change, max_bytes: present.max_bytes }))
  }
}
