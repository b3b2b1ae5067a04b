import { makeCheckpoint } from '@fleetlake/archive'
import { createMemoryServer, type MemoryServer } from '@fleetlake/broker/memory'
import { type Config, configSchema, decodeMove, partitionOfStream } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { startCollector, startCompactor } from '@fleetlake/event-collector'
import { startFinder } from '@fleetlake/event-finder'
import { startProjector } from '@fleetlake/event-projector'
import { type Hub, openHub } from '@fleetlake/hub'
import type { Log } from '@fleetlake/service'
import { type ArchiveDisk, createArchiveDisk } from './archive-disk.ts'
import { type StoreWeather, throughWeather } from './faulty-store.ts'
import type { Place } from './ledger.ts'
import type { VirtualTime } from './virtual-time.ts'

/** The services that are started again after each end. */
export type Kept = 'event-collector' | 'event-finder' | 'event-projector' | 'compactor'

/** A process, from its start to its end; it is started again under the same name and another uid. */
export interface Life {
  readonly service: Kept
  readonly name: string
  readonly uid: string
  readonly hub: Hub
  isDead: boolean
}

export interface World {
  readonly time: VirtualTime
  readonly server: MemoryServer
  readonly archive: ArchiveDisk
  readonly config: Config
  /** A line of the story. */
  say(what: string): void
  /** A client, which is not killed. */
  connect(name: string): Hub
  /** Starts a service, and again a moment after each end. */
  keep(service: Kept, name: string): void
  /** Those that run. */
  lives(): readonly Life[]
  kill(life: Life): void
  /** The next collector that starts is told to adopt the archive, until one has started. */
  adopt(): void
  /** From now on stores fail for these processes as often as this, and not at all for others. */
  trouble(names: readonly string[], share: number): void
  /** Neither slow nor failing from now on. */
  calm(): void
}

export interface WorldOptions {
  readonly time: VirtualTime
  readonly partitions: number
  /** The usual one when missing. */
  readonly retentionMs?: number
  say(what: string): void
  /** A stream of moves has stored a message of vehicles, by its name. */
  onStored(message: string, place: Place): void
  /** A collector refuses the archive. */
  onRefusal(name: string): void
}

/** What rows have beside places: last positions are kept by it, too. */
export const KEY_COLUMN = 'state'

/** The header by which vehicles name a message. */
export const MESSAGE_NAME = 'story-message'

const RESTART_MS = 500
/** Of all requests to a store, one in so many fails before it has done anything, and one after. */
const USUAL_FAULTS = 1 / 2_000

export const createWorld = ({ time, partitions, retentionMs, say, onStored, onRefusal }: WorldOptions): World => {
  let isCalm = false
  const delayMs = (most: number): number => (isCalm ? 1 : 0.2 + most * time.random() ** 4)
  const server = createMemoryServer({
    latency: () => () => delayMs(40),
    choose: (n) => Math.floor(time.random() * n),
    onStored: ({ sequence, timestampMs, header }, { settings, created }) => {
      const partition = partitionOfStream(settings.name)
      if (partition !== undefined)
        onStored(header(MESSAGE_NAME) ?? '', { partition, created, sequence, storedMs: timestampMs })
    },
  })
  const archive = createArchiveDisk()
  const config = configSchema.parse({
    hub: { maxBytesPerPartition: '16 MiB', maxBytesDeadLetters: '16 MiB' },
    partitioning: { count: partitions },
    collector: { maxAgeMs: '8 s' },
    compactor: { everyMs: '20 s', quietMs: '30 s' },
    projector: { everyMs: '3 s', latestBy: [KEY_COLUMN] },
    ...(retentionMs === undefined ? {} : { archive: { retentionMs } }),
  })
  const lives = new Set<Life>()
  let births = 0
  let troubled: readonly string[] = []
  let troubleShare = 0
  let isAdopting = false

  const hubOf = (service: string, name: string, uid: string): Hub => {
    const onFault = (fault: unknown): void => say(`${name}: ${reasonOf(fault)}`)
    return openHub(server.connect({ name: uid }), { service, uid, onFault })
  }
  const connect = (service: Kept, name: string): Life => {
    const uid = `${name}-${++births}`
    const life = { service, name, uid, isDead: false, hub: hubOf(service, name, uid) }
    lives.add(life)
    return life
  }
  const weatherOf = (life: Life): StoreWeather => ({
    latencyMs: () => delayMs(120),
    fault: () => {
      const share = isCalm ? 0 : troubled.includes(life.name) ? troubleShare : USUAL_FAULTS
      const draw = time.random()
      if (draw < share) return 'before'
      return draw < 2 * share ? 'after' : undefined
    },
    isDead: () => life.isDead,
  })
  const kill = (life: Life): void => {
    if (life.isDead) return
    life.isDead = true
    lives.delete(life)
    server.kill(life.uid)
    setTimeout(() => keep(life.service, life.name), RESTART_MS + 2_000 * time.random())
  }

  /** @param fail told why the service has ended, or did not start */
  const start = (service: Kept, life: Life, fail: (error: unknown) => void): void => {
    const weather = weatherOf(life)
    const seen = {
      moves: throughWeather(archive.stores.moves, weather),
      losses: throughWeather(archive.stores.losses, weather),
      presence: throughWeather(archive.stores.presence, weather),
      latest: throughWeather(archive.stores.latest, weather),
    }
    const options = {
      config,
      version: '0',
      decodeCarefully: async (...args: Parameters<typeof decodeMove>) => decodeMove(...args),
    }
    const warn = (what: string): void => {
      if (!life.isDead) say(`  ${life.name}: ${what}`)
    }
    const log: Pick<Log, 'info' | 'warn'> = {
      info: () => undefined,
      warn: (_: unknown, message?: string) => warn(message ?? ''),
    }
    const startingCollector = async (): Promise<void> => {
      const adopts = isAdopting
      const adopting = { ...config, archive: { ...config.archive, adopt: adopts } }
      await startCollector(life.hub, { ...options, config: adopting, makeCheckpoint, stores: seen, log, fail })
      if (adopts) isAdopting = false
    }
    const starts: Readonly<Record<Kept, () => Promise<unknown>>> = {
      'event-collector': startingCollector,
      'event-finder': () => startFinder(life.hub, { ...options, stores: seen, warn }),
      'event-projector': () => startProjector(life.hub, { config, version: '0', log, stores: seen }),
      compactor: () => startCompactor(life.hub, { config, version: '0', log, stores: seen, makeCheckpoint }),
    }
    starts[service]().catch(fail)
  }
  const keep = (service: Kept, name: string): void => {
    const life = connect(service, name)
    start(service, life, (error) => {
      if (life.isDead) return
      say(`${name} ends: ${reasonOf(error)}`)
      if (error instanceof FleetError && error.code.startsWith('archive.')) onRefusal(name)
      kill(life)
    })
  }

  return {
    time,
    server,
    archive,
    config,
    say,
    connect: (name) => hubOf('client', name, name),
    keep,
    lives: () => [...lives],
    kill,
    adopt: () => {
      isAdopting = true
    },
    trouble: (names, share) => {
      troubled = names
      troubleShare = share
    },
    calm: () => {
      isCalm = true
    },
  }
}
