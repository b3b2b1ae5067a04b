import { createMemoryStore, makeCheckpoint, type ObjectStore } from '@fleetlake/archive'
import { createMemoryServer, type MemoryServer } from '@fleetlake/broker/memory'
import { type Config, configSchema, decodeMove } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import { startCollector, startCompactor } from '@fleetlake/event-collector'
import { startFinder } from '@fleetlake/event-finder'
import { type Hub, openHub } from '@fleetlake/hub'
import type { Log } from '@fleetlake/service'
import { type StoreWeather, throughWeather } from './faulty-store.ts'
import type { VirtualTime } from './virtual-time.ts'

export type Service = 'event-collector' | 'event-finder' | 'compactor' | 'client'

/** A process, from its start to its end; it is started again under the same name and another uid. */
export interface Life {
  readonly name: string
  readonly uid: string
  readonly hub: Hub
  isDead: boolean
}

export interface World {
  readonly time: VirtualTime
  readonly server: MemoryServer
  /** As nothing but the judge sees them. */
  readonly stores: { readonly moves: ObjectStore; readonly losses: ObjectStore }
  readonly config: Config
  /** A line of the story. */
  say(what: string): void
  /** A client, which is not killed. */
  connect(name: string): Hub
  /** Starts a service, and again a moment after each end. */
  keep(service: Exclude<Service, 'client'>, name: string): void
  /** Those that run. */
  lives(): readonly Life[]
  kill(life: Life): void
  /** From now on stores fail for these processes as often as this, and not at all for others. */
  trouble(names: readonly string[], share: number): void
  /** Neither slow nor failing from now on. */
  calm(): void
}

const RESTART_MS = 500
/** Of all requests to a store, one in so many fails before it has done anything, and one after. */
const USUAL_FAULTS = 1 / 2_000

export const createWorld = (time: VirtualTime, say: (what: string) => void, partitions: number): World => {
  let isCalm = false
  const delayMs = (most: number): number => (isCalm ? 1 : 0.2 + most * time.random() ** 4)
  const server = createMemoryServer({
    latency: () => () => delayMs(40),
    choose: (n) => Math.floor(time.random() * n),
  })
  const stores = { moves: { ...createMemoryStore(), readsAtOnce: 8 }, losses: createMemoryStore() }
  const config = configSchema.parse({
    hub: { maxBytesPerPartition: '16 MiB', maxBytesDeadLetters: '16 MiB' },
    partitioning: { count: partitions },
    collector: { maxAgeMs: '8 s' },
    compactor: { everyMs: '20 s', quietMs: '30 s' },
  })
  const lives = new Set<Life>()
  let births = 0
  let troubled: readonly string[] = []
  let troubleShare = 0

  const connect = (service: Service, name: string): Life => {
    const uid = `${name}-${++births}`
    const life: Life = {
      name,
      uid,
      isDead: false,
      hub: openHub(server.connect({ name: uid }), {
        service,
        uid,
        onFault: (fault) => say(`${name}: ${reasonOf(fault)}`),
      }),
    }
    if (service !== 'client') lives.add(life)
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
  }

  const start = async (
    service: Exclude<Service, 'client'>,
    life: Life,
    fail: (error: unknown) => void,
  ): Promise<void> => {
    const weather = weatherOf(life)
    const seen = {
      moves: throughWeather(stores.moves, weather),
      losses: throughWeather(stores.losses, weather),
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
    const twins = { makeCheckpoint }
    if (service === 'event-collector') await startCollector(life.hub, { ...options, ...twins, stores: seen, log, fail })
    else if (service === 'event-finder') await startFinder(life.hub, { ...options, stores: seen, warn })
    else await startCompactor(life.hub, { config, version: '0', log, store: seen.moves, ...twins })
  }
  const keep = (service: Exclude<Service, 'client'>, name: string): void => {
    const life = connect(service, name)
    const again = (): void => {
      if (life.isDead && again.isDone) return
      again.isDone = true
      kill(life)
      setTimeout(() => keep(service, name), RESTART_MS + 2_000 * time.random())
    }
    again.isDone = false
    const fail = (error: unknown): void => {
      if (life.isDead) return
      say(`${name} ends: ${reasonOf(error)}`)
      again()
    }
    endings.set(life, again)
    start(service, life, fail).catch(fail)
  }
  const endings = new Map<Life, () => void>()

  return {
    time,
    server,
    stores,
    config,
    say,
    connect: (name) => connect('client', name).hub,
    keep,
    lives: () => [...lives],
    kill: (life) => {
      const end = endings.get(life)
      endings.delete(life)
      end?.()
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
