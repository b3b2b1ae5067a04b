import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { configSchema } from '@fleetlake/contracts'
import { createRandomStreams } from '@fleetlake/core'
import { type NatsServer, startNatsServer } from '@fleetlake/nats-server'
import { connectHub, type Hub, partitionsOf } from '@fleetlake/hub'
import { provideCity } from '../stack/provide-city.ts'
import { type ServiceKind, type Stack, startStack } from '../stack.ts'

/** What is there to be broken: a hub of its own and services that are started again when they end unasked. */
export interface World {
  readonly hub: Hub
  readonly server: NatsServer
  readonly dataDir: string
  readonly archivePath: string
  readonly partitions: readonly number[]
  /** Uniform in [0, 1); the same seed gives the same numbers. */
  random(): number
  pause(ms: number): Promise<void>
  /** Sends a signal to one process of a kind, as an accident would, or to all of them. */
  strike(kind: ServiceKind | 'hub', signal: NodeJS.Signals, which?: 'one' | 'all'): Promise<number[]>
  /** A second stack of collectors beside the first, on the same hub and archive. */
  addCollector(): Promise<{ stop(): Promise<void> }>
  kills(): number
  say(line: string): void
  close(): Promise<void>
}

export interface WorldOptions {
  readonly dataDir: string
  readonly seed: number
  readonly say: (line: string) => void
  /** The output of the processes. */
  readonly hear: (line: string) => void
}

/** Small limits, so that every trigger of a flush, every pause of a reader and many compactions happen within a round of seconds. */
const ENV = {
  FLEET_COLLECTOR_MAX_ROWS: '6000',
  FLEET_COLLECTOR_MEMORY: '8 MiB',
  FLEET_COMPACTOR_EVERY_MS: '500 ms',
  FLEET_COMPACTOR_QUIET_MS: '400 ms',
  FLEET_COMPACTOR_VACUUM_EVERY_MS: '1 s',
  FLEET_COMPACTOR_MEMORY: '32 MiB',
  FLEET_PROJECTOR_EVERY_MS: '500 ms',
  FLEET_LOG_LEVEL: 'warn',
}

export const openWorld = async ({ dataDir, seed, say, hear }: WorldOptions): Promise<World> => {
  await provideCity(configSchema.parse({}).generator.cityDir)
  const archivePath = join(dataDir, 'archive')
  await mkdir(archivePath, { recursive: true })
  const server = await startNatsServer({ dataDir: join(dataDir, 'hub'), maxFileBytes: 20 * 2 ** 30 })
  const common = { dataDir, archivePath, hubUrl: server.url, env: ENV, restart: true, say: hear }
  let stack: Stack
  try {
    stack = await startStack({ ...common, collectors: 2, compactors: 2, projectors: 2, finders: 2, generators: 2 })
  } catch (error) {
    await server.stop()
    throw error
  }
  const hub = await connectHub({ url: server.url, service: 'chaos' })
  const random = createRandomStreams(Uint32Array.of(seed))
  let kills = 0

  const pidsOf = (kind: ServiceKind | 'hub'): number[] =>
    kind === 'hub'
      ? [server.pid]
      : stack
          .processes()
          .filter(({ name }) => name.startsWith(kind))
          .map(({ pid }) => pid)

  const world: World = {
    hub,
    server,
    dataDir,
    archivePath,
    partitions: await partitionsOf(hub),
    random: () => random.next(0),
    pause: async (ms) => void (await delay(ms)),
    strike: async (kind, signal, which = 'one') => {
      const pids = pidsOf(kind)
      const chosen = which === 'all' ? pids : pids.slice(0, 1 + Math.floor(random.next(0) * pids.length)).slice(-1)
      for (const pid of chosen) {
        if (signal === 'SIGKILL') kills++
        say(`  ${signal} to a ${kind}`)
        if (kind === 'hub') await server.kill(signal)
        else process.kill(pid, signal)
      }
      return chosen
    },
    addCollector: async () => {
      const more = await startStack({ ...common, collectors: 1, finders: 0, generators: 0 })
      say('  one more collector')
      return {
        stop: async () => {
          say('  one collector less')
          await more.stop()
        },
      }
    },
    kills: () => kills,
    say,
    close: async () => {
      await hub.close()
      await stack.stop()
      await server.stop()
    },
  }
  return world
}
