import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  backUp,
  type BackUpOptions,
  differencesOf,
  digestRows,
  type Manifest,
  type ObjectStore,
  openStore,
  openTableStore,
  openTable,
  restoreBackup,
  type StoreSettings,
} from '@fleetlake/archive'

export interface DrillReport {
  readonly backup: string
  readonly version: number
  readonly rows: number
  /** Of dates with cells. */
  readonly places: number
  /** Dates and cells whose rows are not the archive's. */
  readonly differences: readonly string[]
  readonly backupMs: number
  readonly restoreMs: number
  readonly compareMs: number
}

export interface DrillOptions extends Omit<BackUpOptions, 'onProgress'> {
  /** Where the archive is restored to: an empty place; a temporary folder, which goes afterwards, when missing. */
  readonly into?: string | undefined
  readonly onStep: (step: string) => void
}

/** In a folder that goes afterwards, unless a place is named. */
const withPlace = async <Value>(into: string | undefined, use: (path: string) => Promise<Value>): Promise<Value> => {
  if (into !== undefined) return use(into)
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-drill-'))
  try {
    return await use(join(folder, 'archive'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Shows that a backup is worth something: makes one, restores it elsewhere, and compares every row there with the rows of the archive at the version of the backup, while services go on.
 * @param settings of the archive
 */
export const runDrill = (
  settings: StoreSettings,
  target: ObjectStore,
  { into, onStep, ...options }: DrillOptions,
): Promise<DrillReport> =>
  withPlace(into, async (path) => {
    const { signal } = options
    onStep('making a backup')
    const began = performance.now()
    const { manifest } = await backUp(await openStore(settings), target, options)
    const madeAt = performance.now()
    onStep(`restoring ${manifest.id} to ${path}`)
    const elsewhere: StoreSettings = { ...settings, path }
    await restoreBackup(target, manifest, await openStore(elsewhere), { signal })
    const restoredAt = performance.now()
    onStep('comparing every row')
    const compared = await compare(settings, elsewhere, manifest, signal)
    return {
      backup: manifest.id,
      version: manifest.tables.moves?.version ?? 0,
      ...compared,
      backupMs: Math.round(madeAt - began),
      restoreMs: Math.round(restoredAt - madeAt),
      compareMs: Math.round(performance.now() - restoredAt),
    }
  })

/** The files of the version stay in the archive for the grace, whatever is compacted since. */
const compare = async (
  settings: StoreSettings,
  elsewhere: StoreSettings,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Pick<DrillReport, 'rows' | 'places' | 'differences'>> => {
  const restoredStore = await openTableStore(elsewhere)
  const table = await openTable(restoredStore)
  const { snapshot } = table
  // A snapshot stays as it is.
  await table.close()
  const restored = await digestRows(restoredStore, snapshot.files(), { signal })
  const original = await digestRows(await openTableStore(settings), snapshot.files(), { signal })
  const rows = [...restored.values()].reduce((total, each) => total + each.rows, 0)
  const told = manifest.tables.moves?.rows
  return {
    rows,
    places: restored.size,
    differences: [
      ...differencesOf(original, restored),
      ...(told === rows ? [] : [`the manifest says ${told} rows, and there are ${rows}`]),
    ],
  }
}
