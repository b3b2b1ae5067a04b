import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createFileStore, openTable } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { FleetError, type Period } from '@fleetlake/core'
import { connectHub, runGeneration } from '@fleetlake/hub'
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

/** The period that a table's files cover, as their statistics tell. */
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

/** Has the usual pipeline make an archive. */
const generate = async (path: string, vehicles: number, events: number, dataDir: string): Promise<void> => {
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
  await rename(stack.archivePath, path)
}

/** The tables to search, one after the other; what is not there is made. */
export async function* provideTables(
  { events, vehicles, archives, tables }: SearchOptions,
  { folder, say }: { readonly folder: string; readonly say: (line: string) => void },
): AsyncGenerator<BenchTable> {
  for (const count of vehicles) {
    const name = `${events / 1e6} M rows of ${count.toLocaleString('en-US')} vehicles`
    const path = join(tables ?? folder, `${events}-${count}`)
    if (!(await exists(path))) {
      say(`making ${name}`)
      const dataDir = await mkdtemp(join(tables ?? folder, 'making-'))
      await generate(path, count, events, dataDir)
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
