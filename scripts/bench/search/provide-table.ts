import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createFileStore, openTable } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { FleetError, type Period } from '@fleetlake/core'
import { connectHub, runGeneration } from '@fleetlake/hub'
import { compactArchive } from '../../demo/compact-archive.ts'
import { provideCity } from '../../stack/provide-city.ts'
import { startStack } from '../../stack.ts'
import type { SearchOptions } from './options.ts'

/** An archive to search. */
export interface BenchTable {
  readonly name: string
  /** As `archive.path`; its table is the folder `moves`. */
  readonly path: string
  /** Of its positions. */
  readonly period: Period
}

const START_TIME = '2026-01-05T07:00:00.000Z'

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The period that a table's files cover, by their statistics. */
const periodOf = async (path: string): Promise<Period> => {
  const table = await openTable(createFileStore(join(path, 'moves')))
  const period = { from: Infinity, to: -Infinity }
  for (const { from, to } of table.snapshot.files()) {
    period.from = Math.min(period.from, from)
    period.to = Math.max(period.to, to + 1)
  }
  await table.close()
  return period
}

/** Has the usual pipeline make an archive. @returns its path */
const generate = async (vehicles: number, events: number, dataDir: string): Promise<string> => {
  await provideCity(configSchema.parse({}).generator.cityDir)
  const stack = await startStack({ dataDir, finders: 0 })
  try {
    const hub = await connectHub({ url: stack.hubUrl, service: 'bench' })
    const stats = await runGeneration(hub, { vehicles, events, seed: 1, startTime: START_TIME })
    await hub.close()
    if (stats.status !== 'complete' || !stats.flushed) {
      throw new FleetError('service.failed', `the generation ended as ${stats.status}: ${stats.error ?? 'not flushed'}`)
    }
  } finally {
    await stack.stop()
  }
  return stack.archivePath
}

/** A table to make: its number of events, and whether it is compacted. */
interface Recipe {
  readonly events: number
  readonly vehicles: number
  readonly isCompacted: boolean
}

const nameOf = ({ events, vehicles, isCompacted }: Recipe): string =>
  `${events / 1e6} M rows of ${vehicles.toLocaleString('en-US')} vehicles${isCompacted ? ', compacted' : ''}`

const COMPACTED_VEHICLES = 15_000

/** The tables to search, one after the other; what is not there is made. */
export async function* provideTables(
  { events, vehicles, compacted, archives, tables }: SearchOptions,
  { folder, say }: { readonly folder: string; readonly say: (line: string) => void },
): AsyncGenerator<BenchTable> {
  const recipes: Recipe[] = [
    ...vehicles.map((count) => ({ events, vehicles: count, isCompacted: false })),
    ...(compacted === 0 ? [] : [{ events: compacted, vehicles: COMPACTED_VEHICLES, isCompacted: true }]),
  ]
  for (const recipe of recipes) {
    const name = nameOf(recipe)
    const path = join(tables ?? folder, `${recipe.events}-${recipe.vehicles}${recipe.isCompacted ? '-compacted' : ''}`)
    if (!(await exists(path))) {
      say(`making ${name}`)
      const dataDir = await mkdtemp(join(tables ?? folder, 'making-'))
      const made = await generate(recipe.vehicles, recipe.events, dataDir)
      if (recipe.isCompacted) await compactArchive({ ...configSchema.parse({}).archive, path: made }, say)
      await rename(made, path)
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    }
    yield { name, path, period: await periodOf(path) }
  }
  for (const path of archives) yield { name: basename(path), path, period: await periodOf(path) }
}

/** A copy that a stack may write to. */
export const copyTable = async (table: BenchTable, dataDir: string): Promise<BenchTable> => {
  const path = join(dataDir, 'archive')
  await cp(table.path, path, { recursive: true })
  return { ...table, path }
}
