import { FleetError } from '@fleetlake/core'
import type { ObjectStore } from '../store/object-store.ts'
import { filesFolder } from './backup-paths.ts'
import { eachBounded } from './each-bounded.ts'
import { type KeptFile, sha256Of } from './file-lists.ts'
import type { NamedFile, PinnedTable } from './pin-table.ts'

/** What holds for all copying: so many files and bytes are in memory at once. */
export const COPIES_AT_ONCE = 8
export const COPY_BYTES = 256 * 1024 * 1024

export interface DealtWith {
  readonly file: KeptFile
  /** Its checksum was known: nothing was read. */
  readonly isKnown: boolean
  readonly isCopied: boolean
}

export interface CopyOptions {
  readonly signal: AbortSignal
  /** Told of each file that is dealt with. */
  readonly onFile: (file: DealtWith) => Promise<void>
}

export interface CopiedFiles {
  readonly files: readonly KeptFile[]
  /** Files that are gone from the archive. */
  readonly missing: readonly string[]
}

/** What the place of backups has of a table's data files, by path. */
export const filesThere = async (target: ObjectStore, folder: string): Promise<ReadonlyMap<string, number>> => {
  const sizes = new Map<string, number>()
  for await (const { path, size } of target.list(folder)) sizes.set(path.slice(folder.length), size)
  return sizes
}

/**
 * Copies the data files of a version that the place of backups does not have yet. Invariant: each checksum in the result is of what was read from the archive, by this backup or an earlier one. A file
 * that is there without a known checksum stays only if it is what the archive has.
 * @param known checksums of files that are there
 * @throws FleetError `backup.invalid` for a file of the archive that is damaged, `store.failed`
 */
export const copyFiles = async (
  { name, id, files }: Pick<PinnedTable, 'name' | 'id' | 'files'>,
  { source, target, known }: { source: ObjectStore; target: ObjectStore; known: ReadonlyMap<string, KeptFile> },
  { signal, onFile }: CopyOptions,
): Promise<CopiedFiles> => {
  const folder = filesFolder(name, id)
  const there = await filesThere(target, folder)
  const kept: KeptFile[] = []
  const missing: string[] = []
  const take = async ({ path, bytes: size }: NamedFile): Promise<void> => {
    const isThere = there.get(path) === size
    const earlier = known.get(path)
    if (isThere && earlier?.bytes === size) {
      kept.push(earlier)
      return onFile({ file: earlier, isKnown: true, isCopied: false })
    }
    // One after the other: only one of the two is in memory.
    const held = isThere ? await target.get(folder + path).then((found) => found && sha256Of(found)) : undefined
    const bytes = await source.get(path)
    if (bytes === undefined) return void missing.push(path)
    const damaged = (how: string): FleetError =>
      new FleetError(
        'backup.invalid',
        `${source.url(path)} is damaged: ${how}. Restore the file from a backup that has it whole, then make this one again`,
      )
    if (bytes.length !== size) throw damaged(`it has ${bytes.length} bytes, and the table's log says ${size}`)
    const file = { path, bytes: size, sha256: sha256Of(bytes) }
    if (earlier !== undefined && earlier.sha256 !== file.sha256) throw damaged('it is not what was backed up before')
    const isCopied = held !== file.sha256
    if (isCopied) await target.put(folder + path, bytes)
    kept.push(file)
    await onFile({ file, isKnown: false, isCopied })
  }
  await eachBounded(files, { most: COPIES_AT_ONCE, mostBytes: COPY_BYTES, signal }, take)
  return { files: kept.toSorted((a, b) => (a.path < b.path ? -1 : 1)), missing }
}
