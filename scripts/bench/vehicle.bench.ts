/**
 * What a search for one vehicle reads of an archive: `node scripts/bench/vehicle.bench.ts --folder <dir> [--events n] [--vehicles n] [--asked n]`. The usual pipeline makes the archive,
 * projectors follow it; each vehicle is asked for without the table `presence` and with it, over all of the time, first of the files as they were written and then of compacted ones. What is made
 * stays in the folder, and is taken from there the next time.
 */
import { cp, mkdir, rm, stat } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createFileStore, openTable } from '@fleetlake/archive'
import { configSchema, generatedVehicleId } from '@fleetlake/contracts'
import { askVehicles, connectHub, type Hub, runGeneration } from '@fleetlake/hub'
import { ALL_BUCKETS, openProjectionTable, PRESENCE } from '@fleetlake/projections'
import { boxArea } from '@fleetlake/viewer-core'
import { compactArchive } from '../demo/compact-archive.ts'
import { type Usage, watchUsage } from '../demo/usage.ts'
import { provideCity } from '../stack/provide-city.ts'
import { type Stack, startStack } from '../stack.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    events: { type: 'string', default: '50000000' },
    vehicles: { type: 'string', default: '15000' },
    asked: { type: 'string', default: '5' },
  },
})
if (values.folder === undefined) throw new Error('--folder <dir>, where what is made stays')
const [EVENTS, VEHICLES, ASKED] = [Number(values.events), Number(values.vehicles), Number(values.asked)]
const folder = resolve(values.folder)
const START_TIME = '2026-01-05T07:00:00.000Z'
const EARTH = boxArea(-180, -90, 180, 90)
const LONG_MS = 3_600_000

const say = (line: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`)

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Whether presence has taken in all that the archive has. */
const isFolded = async (archive: string): Promise<boolean> => {
  const { snapshot } = await openTable(createFileStore(join(archive, 'moves')))
  const presence = await openProjectionTable(createFileStore(join(archive, 'presence')), PRESENCE)
  return (
    presence !== undefined &&
    ALL_BUCKETS.every((bucket) => {
      const offset = presence.state.offset(bucket)
      return offset?.version === snapshot.version && offset.frontier === 0
    })
  )
}

/** Of a search. */
interface Figures {
  readonly rows: number
  readonly ms: number
  readonly cpuMs: number
  readonly total: number
  readonly read: number
  readonly files: number
}

const withStack = async <Result>(
  archivePath: string,
  options: Partial<Parameters<typeof startStack>[0]>,
  work: (hub: Hub, stack: Stack) => Promise<Result>,
): Promise<Result> => {
  const dataDir = join(folder, 'stack')
  const stack = await startStack({ collectors: 0, finders: 0, generators: 0, ...options, dataDir, archivePath })
  try {
    const hub = await connectHub({ url: stack.hubUrl, service: 'bench' })
    try {
      return await work(hub, stack)
    } finally {
      await hub.close()
    }
  } finally {
    await stack.stop()
  }
}

/** @param compactors that would compact the positions as well, once they are quiet */
const project = (archive: string, compactors: number): Promise<void> =>
  withStack(archive, { projectors: 1, compactors }, async () => {
    while (!(await isFolded(archive))) await delay(1_000)
  })

const generate = async (archive: string): Promise<void> => {
  await mkdir(archive, { recursive: true })
  await withStack(archive, { collectors: 1, generators: 1 }, async (hub) => {
    const request = {
      vehicles: VEHICLES,
      events: EVENTS,
      seed: 1,
      startTime: START_TIME,
      vehicleIds: 'shared' as const,
    }
    const { status } = await runGeneration(hub, request, { waitMs: LONG_MS })
    say(`the generation is ${status}`)
  })
}

const vehicles = Array.from({ length: ASKED }, (_, i) =>
  generatedVehicleId('v-', Math.floor(((i + 0.5) * VEHICLES) / ASKED)),
)

const measure = (name: string, archive: string): Promise<void> =>
  withStack(archive, { finders: 1 }, async (hub, stack) => {
    for (const round of ['first', 'again']) {
      const figures: Figures[] = []
      for (const vehicle of vehicles) {
        const watched = await watchUsage(() => stack.processes().filter(({ name: each }) => each.startsWith('finder')))
        const beganMs = performance.now()
        const answer = askVehicles(hub, {
          area: EARTH,
          from: '2026-01-01T00:00:00Z',
          to: '2026-02-01T00:00:00Z',
          vehicleIds: [vehicle],
          timeoutMs: 300_000,
        })
        let rows = 0
        for await (const batch of answer) rows += batch.rows.length
        const { status, stats } = await answer.outcome
        const ms = performance.now() - beganMs
        const { cpuMicros }: Usage = await watched.stop()
        if (status !== 'complete' || stats === undefined) throw new Error(`the search for ${vehicle} is ${status}`)
        figures.push({ rows, ms, cpuMs: cpuMicros / 1_000, ...stats.bytes, files: stats.files.read })
      }
      const mean = (of: (one: Figures) => number): number =>
        figures.reduce((sum, one) => sum + of(one), 0) / figures.length
      const share = (100 * mean(({ read }) => read)) / mean(({ total }) => total)
      console.log(
        JSON.stringify({
          table: name,
          round,
          rows: mean(({ rows }) => rows),
          filesRead: mean(({ files }) => files),
          bytesRead: Math.round(mean(({ read }) => read)),
          bytes: figures[0].total,
          percent: Number(share.toFixed(2)),
          ms: Math.round(mean(({ ms }) => ms)),
          finderCpuMs: Math.round(mean(({ cpuMs }) => cpuMs)),
          load: Math.round(loadavg()[0]),
        }),
      )
    }
  })

const measureBoth = async (name: string, archive: string): Promise<void> => {
  const bare = join(folder, 'without-presence')
  await rm(bare, { recursive: true, force: true })
  await cp(join(archive, 'moves'), join(bare, 'moves'), { recursive: true })
  await measure(`${name}, without presence`, bare)
  await rm(bare, { recursive: true })
  await measure(`${name}, with presence`, archive)
}

const settings = configSchema.parse({})
await provideCity(settings.generator.cityDir)
const archive = join(folder, 'archive')
if (!(await exists(archive))) {
  say(`making ${EVENTS} positions of ${VEHICLES} vehicles`)
  await generate(archive)
}
say('projecting')
await project(archive, 0)
await measureBoth('fresh', archive)
const compacted = join(folder, 'compacted')
if (!(await exists(compacted))) {
  await cp(archive, compacted, { recursive: true })
  await compactArchive({ ...settings.archive, path: compacted }, say)
}
await project(compacted, 1)
await measureBoth('compacted', compacted)
