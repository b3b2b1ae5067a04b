import { refusalOf, type StreamInfo, type StreamSettings, untilAnswered } from '@fleetlake/broker'
import {
  DEAD_LETTERS,
  deadLetterStream,
  describeOldServer,
  moveStream,
  partitionOfStream,
  PROBE,
  PROVISIONING,
  readVersionNumbers,
  SEARCHES,
  searchStream,
  type Config,
  type StreamOptions,
  type StreamSpec,
} from '@fleetlake/contracts'
import { FleetError, reasonOf, sleep } from '@fleetlake/core'
import type { Hub } from '../connection/hub.ts'
import { randomToken } from '../connection/random-token.ts'

/** What provisioning needs of the configuration. */
export interface ProvisionConfig {
  readonly hub: Pick<
    Config['hub'],
    'maxBytesPerPartition' | 'maxBytesDeadLetters' | 'maxBytesSearches' | 'duplicateWindowMs' | 'replicas'
  >
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
  const version = hub.control.version()
  const remark = version === '' ? undefined : describeOldServer(readVersionNumbers(version))
  if (remark !== undefined) warn(remark)
  const there = await streamsThere(hub)
  // A hub of an earlier release has no stream of searches yet.
  const isWhole = there.has(DEAD_LETTERS) && there.has(SEARCHES)
  const make = (): Promise<number[]> => provisionAlone(hub, config, { warn, republish })
  return isWhole ? make() : withLock(hub, make)
}

const LOOK_MS = 500

/**
 * For services other than a collector: makes the streams that are missing, or, where services have users of their own, which may not make any, waits until a collector has.
 * @returns the partitions in use, ascending
 * @throws FleetError `hub.no-room`; `hub.closed` when the signal aborts first
 */
export const provideStreams = async (
  hub: Hub,
  config: ProvisionConfig & Pick<Config, 'auth'>,
  {
    warn = () => undefined,
    signal,
  }: Pick<ProvisionOptions, 'warn'> & { readonly signal?: AbortSignal | undefined } = {},
): Promise<number[]> => {
  if (config.auth !== 'required') return provision(hub, config, { warn })
  let isTold = false
  for (;;) {
    const found = await streamsThere(hub)
    if (found.has(DEAD_LETTERS)) return partitionsIn(found.keys())
    if (!isTold) warn('the hub has no streams yet: a collector makes them when it starts')
    isTold = true
    await sleep(LOOK_MS, signal)
    if (signal?.aborted === true) throw new FleetError('hub.closed', 'stopped before the hub had its streams')
  }
}

const streamsThere = ({ control, streams }: Hub): Promise<ReadonlyMap<string, StreamInfo>> =>
  untilAnswered(control, streams.list)

const provisionAlone = async (
  hub: Hub,
  config: ProvisionConfig,
  { warn, republish }: Required<ProvisionOptions>,
): Promise<number[]> => {
  const { maxBytesPerPartition, maxBytesDeadLetters, maxBytesSearches, duplicateWindowMs, replicas } = config.hub
  const options: StreamOptions = { maxBytes: maxBytesPerPartition, duplicateWindowMs, replicas }
  const existing = await streamsThere(hub)
  const found = partitionsIn(existing.keys())
  const inUse = existing.has(DEAD_LETTERS) ? found : []
  const wanted = Array.from({ length: config.partitioning.count }, (_, i) => i)
  const partitions = inUse.length > 0 ? inUse : [...new Set([...found, ...wanted])].toSorted((a, b) => a - b)
  if (inUse.length > 0 && inUse.length !== config.partitioning.count) {
    warn(`the hub holds ${inUse.length} partitions; partitioning.count ${config.partitioning.count} is not used`)
  }
  const specs = [
    ...partitions.map((partition) => withRepublish(moveStream(partition, options), republish)),
    searchStream({ ...options, maxBytes: maxBytesSearches }),
    deadLetterStream({ ...options, maxBytes: maxBytesDeadLetters }),
  ]
  const missing = specs.filter(({ name }) => !existing.has(name))
  for (const spec of await fit(hub, missing, warn)) await create(hub, spec)
  for (const spec of specs) {
    const present = existing.get(spec.name)
    if (present !== undefined) await widen(hub, { spec, present: present.settings, warn })
  }
  return partitions
}

const LOCK_RETRY_MS = 100
/** A lock this old belongs to a process that died. */
const LOCK_STALE_MS = 30_000

/** Runs while no other process does: a stream of this name with a subject of one's own can be made by one only. */
const withLock = async <Value>({ control, streams }: Hub, run: () => Promise<Value>): Promise<Value> => {
  const subject = `provisioning.${randomToken()}`
  for (;;) {
    try {
      await untilAnswered(control, () =>
        streams.make({ name: PROVISIONING, subjects: [subject], storage: 'memory', maxBytes: 1024 }),
      )
      break
    } catch (error) {
      if (refusalOf(error) !== 'name-in-use') throw error
      const holder = await streams.info(PROVISIONING).catch(() => undefined)
      const ageMs = holder === undefined ? 0 : holder.serverMs - Date.parse(holder.created)
      if (ageMs > LOCK_STALE_MS) await streams.drop(PROVISIONING).catch(() => undefined)
      await sleep(LOCK_RETRY_MS)
    }
  }
  try {
    return await run()
  } finally {
    // One that was held too long may be another's by now.
    const holder = await streams.info(PROVISIONING).catch(() => undefined)
    if (holder?.settings.subjects[0] === subject) await streams.drop(PROVISIONING).catch(() => undefined)
  }
}

/** The partitions in use: those whose streams exist, ascending. */
export const partitionsOf = async (hub: Hub): Promise<number[]> => partitionsIn((await streamsThere(hub)).keys())

const partitionsIn = (names: Iterable<string>): number[] =>
  [...names]
    .map(partitionOfStream)
    .filter((partition) => partition !== undefined)
    .toSorted((a, b) => a - b)

const withRepublish = (spec: StreamSpec, republish: boolean): StreamSpec => {
  const { republishTo, ...rest } = spec
  return republish || republishTo === undefined ? spec : rest
}

/** A server that has just deleted a stream may fail to make the next one's store, once or twice. */
const STORE_PATIENCE_MS = 10_000
const STORE_RETRY_MS = 200

const create = async ({ control, streams }: Hub, spec: StreamSpec): Promise<void> => {
  const until = performance.now() + STORE_PATIENCE_MS
  for (;;) {
    try {
      return await untilAnswered(control, () => streams.make(spec))
    } catch (error) {
      const refusal = refusalOf(error)
      // Another has made it meanwhile, with other settings.
      if (refusal === 'name-in-use') return
      if (refusal !== 'not-made' || performance.now() > until) throw noRoom(error, [spec])
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
      await reserve(hub, sized)
    } catch (error) {
      if (refusalOf(error) !== 'no-room') throw error
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

const reserve = async ({ control, streams }: Hub, specs: readonly StreamSpec[]): Promise<void> => {
  const [{ replicas }] = specs
  const probe = { name: PROBE, subjects: [`probe.${randomToken()}`], maxBytes: total(specs), replicas }
  const drop = (): Promise<void> => untilAnswered(control, () => streams.drop(PROBE))
  // One that is there already was left by a process that died.
  await drop()
  await untilAnswered(control, () => streams.make(probe))
  await drop()
}

const total = (specs: readonly StreamSpec[]): number => specs.reduce((bytes, { maxBytes }) => bytes + maxBytes, 0)

const mebibytes = (bytes: number): string => `${Math.floor(bytes / MIB)} MiB`

const noRoom = (error: unknown, specs: readonly StreamSpec[]): FleetError =>
  refusalOf(error) === 'no-room'
    ? new FleetError(
        'hub.no-room',
        `the server has no room for ${specs.map(({ name }) => name).join(', ')} (${mebibytes(total(specs))}): raise max_file ` +
          'in its configuration, delete streams that are not needed, or lower partitioning.count',
        { cause: error },
      )
    : new FleetError('hub.failed', `the server refuses the stream ${specs[0].name}: ${reasonOf(error)}`, {
        cause: error,
      })

interface Difference {
  readonly spec: StreamSpec
  readonly present: StreamSettings
  readonly warn: (warning: string) => void
}

/** The larger of two limits; one that is missing is none, which is the largest. */
const larger = (present: number | undefined, wanted: number): number | undefined =>
  present === undefined ? undefined : Math.max(present, wanted)

/** Brings a stream to its configuration as far as nothing stored or remembered can get lost by it. */
const widen = async ({ control, streams }: Hub, { spec, present, warn }: Difference): Promise<void> => {
  const { maxBytes = Infinity, republishTo, duplicateWindowMs = 0 } = present
  const keeps = `${spec.name} keeps its ${mebibytes(maxBytes)}`
  if (maxBytes > spec.maxBytes) warn(`${keeps}: a stream is never made smaller`)
  if (republishTo !== spec.republishTo) {
    warn(`${spec.name} repeats to ${republishTo ?? 'nowhere'}: that is decided when a stream is made`)
  }
  const wanted = {
    maxBytes: larger(present.maxBytes, spec.maxBytes),
    maxMessageBytes: larger(present.maxMessageBytes, spec.maxMessageBytes),
    duplicateWindowMs: Math.max(duplicateWindowMs, spec.duplicateWindowMs),
    discard: spec.discard,
    replicas: spec.replicas,
  }
  const changes: Partial<StreamSettings> = Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) => value !== undefined && value !== present[name as keyof typeof wanted],
    ),
  )
  if (Object.keys(changes).length === 0) return
  try {
    await untilAnswered(control, () => streams.change(spec.name, changes))
  } catch (error) {
    if (refusalOf(error) !== 'no-room') throw noRoom(error, [spec])
    warn(`${keeps}: the server's max_file has no room for more`)
    const { maxBytes: _, ...others } = changes
    await untilAnswered(control, () => streams.change(spec.name, others))
  }
}
