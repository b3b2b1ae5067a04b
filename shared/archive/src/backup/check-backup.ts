import type { ObjectStore } from '../store/object-store.ts'
import { filesFolder, TABLES } from './backup-paths.ts'
import { COPIES_AT_ONCE, COPY_BYTES } from './copy-files.ts'
import { eachBounded } from './each-bounded.ts'
import { type KeptFile, readDataFile, readLists, readObject } from './file-lists.ts'
import { interrupted } from './interrupted.ts'
import type { Manifest } from './manifest.ts'

export interface CheckOptions {
  readonly signal: AbortSignal
  readonly onFile?: (file: { readonly bytes: number }) => void
}

export interface CheckReport {
  readonly files: number
  readonly bytes: number
  /** A sentence for each file that is not as it was written. */
  readonly faults: readonly string[]
}

/** Reads every file of a backup, and compares it with its checksum. */
export const checkBackup = async (
  target: ObjectStore,
  { id, tables }: Manifest,
  { signal, onFile = () => {} }: CheckOptions,
): Promise<CheckReport> => {
  const faults: string[] = []
  let [files, bytes] = [0, 0]
  const told = async (check: () => Promise<unknown>): Promise<void> => {
    await check().catch((error: unknown) => {
      if (!(error instanceof Error)) throw error
      faults.push(error.message)
    })
  }
  for (const name of TABLES) {
    const table = tables[name]
    if (table === undefined) continue
    for (const kept of table.log) await told(() => readObject(target, id, kept))
    const listed: KeptFile[] = []
    await told(async () => {
      for await (const file of readLists(target, id, table)) listed.push(file)
    })
    const folder = filesFolder(name, table.id)
    await eachBounded(listed, { most: COPIES_AT_ONCE, mostBytes: COPY_BYTES, signal }, async (file) => {
      await told(() => readDataFile(target, folder + file.path, file))
      files++
      bytes += file.bytes
      onFile(file)
    })
    if (signal.aborted) throw interrupted()
  }
  return { files, bytes, faults }
}
