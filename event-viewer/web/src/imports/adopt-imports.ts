import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '@fleetlake/service'
import { type ImportRecord, readImportRecord } from './import-record.ts'

/** An import of a viewer that has ended. */
export interface AdoptedImport {
  readonly id: string
  readonly folder: string
  /** Of one that was open, with those of its files that are there. */
  readonly record: ImportRecord
  /** All files of its record are there. */
  readonly isWhole: boolean
}

export interface Adopted {
  /** Folder of this viewer's imports. */
  readonly own: string
  /** The oldest first. */
  readonly adopted: readonly AdoptedImport[]
}

const PREFIX = 'viewer-'

/** Takes over the imports of viewers that have ended, and removes what is none. Invariant: of two viewers that do so at once, one has each. */
export const adoptImports = async (root: string): Promise<Adopted> => {
  const own = join(root, `${PREFIX}${process.pid}`)
  const adopted: AdoptedImport[] = []
  for (const name of await namesIn(root)) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : Number.NaN)
    if (!Number.isInteger(pid) || (pid !== process.pid && isAlive(pid))) continue
    const folder = join(root, name)
    for (const id of await namesIn(folder)) {
      const taken = await take(join(folder, id), join(own, id))
      if (taken !== undefined) adopted.push({ id, ...taken })
    }
    if (folder !== own) await rm(folder, { recursive: true, force: true })
  }
  return { own, adopted: adopted.toSorted((a, b) => a.record.createdMs - b.record.createdMs) }
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

const take = async (from: string, folder: string): Promise<Omit<AdoptedImport, 'id'> | undefined> => {
  const record = await readImportRecord(from)
  if (record === undefined) {
    await rm(from, { recursive: true, force: true })
    return undefined
  }
  if (from !== folder) {
    await mkdir(join(folder, '..'), { recursive: true })
    try {
      await rename(from, folder)
    } catch {
      // Another one has it.
      return undefined
    }
  }
  const there = await filesThere(folder, record)
  const isWhole = there.length === record.files.length
  return { folder, isWhole, record: record.phase === 'open' ? { ...record, files: there } : record }
}

/** What had not arrived as a whole when its viewer ended is removed. */
const filesThere = async (folder: string, { files }: ImportRecord): Promise<ImportRecord['files']> => {
  const there: ImportRecord['files'] = []
  for (const file of files) {
    const found = await stat(join(folder, 'files', file.name)).catch(() => undefined)
    if (found?.isFile() === true && found.size === file.bytes) there.push(file)
  }
  const known = new Set(there.map(({ name }) => join(folder, 'files', name)))
  const entries = await readdir(join(folder, 'files'), { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isDirectory() && !known.has(path)) await rm(path, { force: true })
  }
  await mkdir(join(folder, 'files'), { recursive: true })
  return there
}
