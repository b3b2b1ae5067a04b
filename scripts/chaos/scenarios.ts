import { spawnSync } from 'node:child_process'
import { cp, mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compactTable, createFileStore, openTable } from '@fleetlake/archive'
import { openCodec } from '@fleetlake/columnar/formats'
import { moveStreamName } from '@fleetlake/contracts'
import { flushStreams } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import type { ServiceKind } from '../stack.ts'
import { lookAtStreams } from './stored-rows.ts'
import type { World } from './world.ts'

export interface Scenario {
  readonly name: string
  readonly about: string
  /** What happens while vehicles report, which takes about `RUN_MS`. */
  readonly happen: (world: World) => Promise<void>
  /** The run may end as failed: who led or made it was killed. */
  readonly mayFail?: boolean
  /** The hub forgets what is archived: what was acknowledged is then looked for in the table alone. */
  readonly hubForgets?: boolean
  /** Rows may be stored twice rather than lost (a hub that was restored). */
  readonly mayDouble?: boolean
}

/** How long the vehicles report. */
export const RUN_MS = 3_000

/** Three heartbeats of a second, and some. */
const PRESUMED_DEAD_MS = 4_500

const moment = (world: World, withinMs = RUN_MS): Promise<void> => world.pause(world.random() * withinMs)

/** One process stands still until the others presume it dead, and goes on then. */
const freeze = async (world: World, kind: ServiceKind): Promise<void> => {
  await moment(world)
  const pids = await world.strike(kind, 'SIGSTOP')
  await world.pause(PRESUMED_DEAD_MS + world.random() * 3_000)
  for (const pid of pids) process.kill(pid, 'SIGCONT')
}

const mend = async (undo: () => Promise<unknown>, meanwhile: Promise<unknown>): Promise<void> => {
  try {
    await meanwhile
  } finally {
    await undo()
  }
}

/** The table's folder is away, as when its disk is unmounted, or something else is in its place. */
const breakStore = async (world: World): Promise<void> => {
  const folder = join(world.archivePath, 'moves')
  await rename(folder, `${folder}-away`)
  const inItsPlace = world.random()
  if (inItsPlace < 0.4) await writeFile(folder, 'no folder')
  else if (inItsPlace < 0.7) await mkdir(folder)
  world.say('  the store fails')
  await mend(
    async () => {
      await rm(folder, { recursive: true, force: true })
      await rename(`${folder}-away`, folder)
      world.say('  the store works again')
    },
    world.pause(500 + world.random() * 3_000),
  )
}

/** Mounts a small file system over the table's folder, where this process may; what is there is moved onto it and back. */
const fillDisk = async (world: World): Promise<void> => {
  const folder = join(world.archivePath, 'moves')
  const run = (...command: string[]): boolean => spawnSync(command[0], command.slice(1)).status === 0
  const usedBytes = Number(spawnSync('du', ['-sb', folder]).stdout.toString().split('\t')[0])
  await rename(folder, `${folder}-away`)
  const size = usedBytes + (await readdir(`${folder}-away`, { recursive: true })).length * 4096 + 256 * 1024
  await mkdir(folder)
  if (!run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder)) {
    await rm(folder, { recursive: true })
    await rename(`${folder}-away`, folder)
    world.say('  no right to mount a small file system: the disk was not filled')
    return
  }
  await cp(`${folder}-away`, folder, { recursive: true })
  world.say('  the disk is nearly full')
  await mend(
    async () => {
      run('mount', '-o', 'remount,size=2g', folder)
      world.say('  the disk has room again')
    },
    world.pause(2_000 + world.random() * 3_000),
  )
}

/** Moves the table back from the small file system once all is settled. */
export const leaveSmallDisk = async (world: World): Promise<void> => {
  const folder = join(world.archivePath, 'moves')
  if (spawnSync('mountpoint', ['-q', folder]).status !== 0) return
  await rm(`${folder}-away`, { recursive: true, force: true })
  await cp(folder, `${folder}-copy`, { recursive: true })
  spawnSync('umount', ['-l', folder])
  await rm(folder, { recursive: true, force: true })
  await rename(`${folder}-copy`, folder)
}

const flushAll = async (world: World): Promise<void> => {
  const positions = (await lookAtStreams(world.hub, world.partitions)).filter(({ sequence }) => sequence > 0)
  await flushStreams(world.hub, positions, { signal: AbortSignal.timeout(60_000), onWaiting: () => undefined })
}

/** A file that a writer left who died before its commit, three hours ago. */
const plantOrphan = async (world: World): Promise<[path: string, size: () => Promise<number | undefined>]> => {
  const store = createFileStore(join(world.archivePath, 'moves'))
  const path = 'date=2025-01-01/cell=69y7p/20250101T000000Z-00000000000000ff.parquet'
  await store.putIfAbsent(path, new Uint8Array(100))
  const then = Date.now() / 1000 - 8 * 86_400
  await utimes(store.url(path), then, then)
  return [path, () => store.size(path)]
}

/** Compacts what is there, as `fleet table compact` does, again and again. */
const compactByHand = async (world: World, forMs: number): Promise<number> => {
  const store = createFileStore(join(world.archivePath, 'moves'))
  const table = await openTable(store)
  const codec = await openCodec('parquet')
  const { signal } = new AbortController()
  const until = Date.now() + forMs
  let commits = 0
  while (Date.now() < until) {
    const settings = { targetBytes: 2 ** 27, quietMs: 0, memory: 2 ** 25 }
    commits += (await compactTable(settings, { table, store, codec, signal })).commits
    await world.pause(100)
  }
  await table.close()
  return commits
}

/** Every scenario leaves what it broke mended; that things then go on by themselves is what the round looks at. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'collector-killed',
    about: 'SIGKILL of a collector, up to three times',
    happen: async (world) => {
      for (let i = 0; i < 1 + Math.floor(world.random() * 3); i++) {
        await moment(world, RUN_MS / 2)
        await world.strike('collector', 'SIGKILL')
      }
    },
  },
  {
    name: 'collectors-killed',
    about: 'SIGKILL of all collectors at once',
    happen: async (world) => {
      await moment(world)
      await world.strike('collector', 'SIGKILL', 'all')
    },
  },
  {
    name: 'generator-killed',
    about: 'SIGKILL of a generator, which may be the one that leads the run',
    mayFail: true,
    happen: async (world) => {
      await moment(world)
      await world.strike('generator', 'SIGKILL')
    },
  },
  {
    name: 'finder-killed',
    about: 'SIGKILL of a finder',
    happen: async (world) => {
      await moment(world)
      await world.strike('finder', 'SIGKILL')
    },
  },
  {
    name: 'projector-killed',
    about: 'SIGKILL of one projector, then of all',
    happen: async (world) => {
      await moment(world)
      await world.strike('projector', 'SIGKILL')
      await moment(world)
      await world.strike('projector', 'SIGKILL', 'all')
    },
  },
  {
    name: 'projector-frozen',
    about: 'SIGSTOP of a projector past its heartbeats, then SIGCONT: two work on the same buckets',
    happen: (world) => freeze(world, 'projector'),
  },
  {
    name: 'derived-tables-deleted',
    about: 'the folders of presence and latest are deleted while projectors and finders use them',
    happen: async (world) => {
      await moment(world)
      for (const table of ['presence', 'latest'])
        await rm(join(world.archivePath, table), { recursive: true, force: true, maxRetries: 5 })
      world.say('  presence and latest are gone')
    },
  },
  {
    name: 'hub-killed',
    about: 'SIGKILL of nats-server, back at once',
    happen: async (world) => {
      await moment(world)
      await world.strike('hub', 'SIGKILL')
      await world.server.restart()
    },
  },
  {
    name: 'hub-away',
    about: 'nats-server is stopped for ten seconds or so',
    happen: async (world) => {
      await moment(world)
      await world.server.stop()
      world.say('  the hub is away')
      // Longer than the silence after which a client gives a run up that it can hear.
      await world.pause(11_000 + world.random() * 4_000)
      await world.server.restart()
    },
  },
  {
    name: 'hub-and-collector-killed',
    about: 'SIGKILL of nats-server and a collector, one soon after the other',
    happen: async (world) => {
      await moment(world)
      await world.strike('collector', 'SIGKILL')
      await moment(world, 500)
      await world.strike('hub', 'SIGKILL')
      await moment(world, 1_000)
      await world.server.restart()
    },
  },
  {
    name: 'generator-and-collector-killed',
    about: 'SIGKILL of a generator and a collector',
    mayFail: true,
    happen: async (world) => {
      await moment(world)
      await world.strike('generator', 'SIGKILL')
      await moment(world, 500)
      await world.strike('collector', 'SIGKILL')
    },
  },
  {
    name: 'collector-stopped',
    about: 'SIGTERM of a collector with full buffers',
    happen: async (world) => {
      await moment(world)
      await world.strike('collector', 'SIGTERM')
    },
  },
  {
    name: 'collector-frozen',
    about: 'SIGSTOP of a collector past its heartbeats, then SIGCONT: a zombie must lose the race',
    happen: (world) => freeze(world, 'collector'),
  },
  {
    name: 'hub-frozen',
    about: 'SIGSTOP of nats-server for a few seconds',
    happen: async (world) => {
      await moment(world)
      await world.strike('hub', 'SIGSTOP')
      await world.pause(1_000 + world.random() * 6_000)
      await world.server.kill('SIGCONT')
    },
  },
  {
    name: 'collectors-scaled',
    about: 'a collector more, then one less, in the middle',
    happen: async (world) => {
      await moment(world, 1_000)
      const more = await world.addCollector()
      await moment(world)
      await more.stop()
    },
  },
  {
    name: 'compactor-killed',
    about: 'SIGKILL of compactors, again and again, while they are at work',
    happen: async (world) => {
      for (let i = 0; i < 4; i++) {
        await moment(world, RUN_MS / 2)
        await world.strike('compactor', 'SIGKILL', 'all')
      }
    },
  },
  {
    name: 'compactors-at-once',
    about:
      'SIGSTOP of the compactors in turn, past their heartbeats, and one at work by hand: their commits meet; files of dead writers go',
    happen: async (world) => {
      const [path, left] = await plantOrphan(world)
      const byHand = compactByHand(world, 2 * RUN_MS)
      for (let i = 0; i < 2; i++) {
        await moment(world, 1_000)
        const pids = await world.strike('compactor', 'SIGSTOP')
        await world.pause(PRESUMED_DEAD_MS)
        for (const pid of pids) process.kill(pid, 'SIGCONT')
      }
      world.say(`  by hand ${await byHand} compactions`)
      await eventually(async () => (await left()) === undefined, { what: `that ${path} is vacuumed` })
    },
  },
  {
    name: 'store-fails',
    about: 'the store answers errors for a while',
    happen: async (world) => {
      await moment(world, 1_000)
      await breakStore(world)
    },
  },
  {
    name: 'store-fails-and-killed',
    about: 'the store answers errors, and a collector is killed meanwhile',
    happen: async (world) => {
      await moment(world, 1_000)
      const broken = breakStore(world)
      await moment(world, 1_000)
      await world.strike('collector', 'SIGKILL')
      await broken
    },
  },
  {
    name: 'disk-full',
    about: 'the disk of the archive is full for a while',
    happen: fillDisk,
  },
  {
    name: 'stream-made-again',
    about: 'a stream is deleted and made again after what it held was archived',
    hubForgets: true,
    happen: async (world) => {
      await world.pause(RUN_MS + 500)
      await flushAll(world)
      const { streams } = world.hub
      const partition = world.partitions[Math.floor(world.random() * world.partitions.length)]
      const { settings } = await streams.info(moveStreamName(partition))
      await streams.drop(settings.name)
      await streams.make(settings)
      world.say(`  ${settings.name} was deleted and made again`)
    },
  },
  {
    name: 'hub-restored',
    about: 'the hub is put back to a copy of some seconds ago',
    hubForgets: true,
    mayDouble: true,
    happen: async (world) => {
      const streams = join(world.server.dataDir, 'jetstream')
      await moment(world)
      await world.server.stop()
      await cp(streams, `${streams}-copy`, { recursive: true })
      await world.server.restart()
      await world.pause(RUN_MS + 500)
      await flushAll(world)
      await world.server.stop()
      await rm(streams, { recursive: true })
      await rename(`${streams}-copy`, streams)
      await world.server.restart()
      world.say('  the hub is at an earlier state')
    },
  },
]
