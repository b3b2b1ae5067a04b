import { FleetError } from '@fleetlake/core'
import type { ObjectStore } from '../store/object-store.ts'
import { filesFolder } from './backup-paths.ts'
import { eachBounded } from './each-bounded.ts'
import { type KeptFile, sha256Of } from './file-lists.ts'
import type { NamedFile, PinnedTable } from './pin-table.ts'

/** What holds for all copying: so many files and bytes are in memory at once. */
export const COPIES_AT_ONCE = 8
export const COPY_BYTES = 256 * 1024 * 1024

export interface CopyOptions {
  readonly signal: AbortSignal
  /** Told of each file that is dealt with. */
  readonly onFile: (file: { readonly bytes: number; readonly isCopied: boolean }) => void
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
 * Copies the data files of a version that the place of backups does not have yet. Invariant: a file is in the result only if it is there whole, with the checksum of what was read from the
 * archive; what an interrupted backup left is taken with the checksum of what it is, since an object is there wholly or not at all.
 * @param known checksums of files that an earlier backup has
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
  const take = async (file: NamedFile): Promise<void> => {
    const { path, bytes: size } = file
    const isThere = there.get(path) === size
    const earlier = known.get(path)
    if (isThere && earlier?.bytes === size) {
      kept.push(earlier)
      return onFile({ bytes: size, isCopied: false })
    }
    const bytes = await (isThere ? target.get(folder + path) : source.get(path))
    if (bytes === undefined) return void missing.push(path)
    if (bytes.length !== size) {
      throw new FleetError(
        'backup.invalid',
        `${source.url(path)} is damaged: it has ${bytes.length} bytes, and the table's log says ${size}. Restore the file from an earlier backup, then make this one again`,
      )
    }
    if (!isThere) await target.put(folder + path, bytes)
    kept.push({ path, bytes: size, sha256: sha256Of(bytes) })
    onFile({ bytes: size, isCopied: !isThere })
  }
  await eachBounded(files, { most: COPIES_AT_ONCE, mostBytes: COPY_BYTES, signal }, take)
  return { files: kept.toSorted((a, b) => (a.path < b.path ? -1 : 1)), missing }
}
