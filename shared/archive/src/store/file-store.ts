import { randomUUID } from 'node:crypto'
import { type FileHandle, link, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { FleetError, reasonOf } from '@fleetlake/core'
import { compareUtf8 } from '../utf8-order.ts'
import { checkObjectPath, type ByteRange, type ObjectInfo, type ObjectStore } from './object-store.ts'

/** Where files are written before they get their names; what a crash leaves in it may go. */
const TEMPORARY_FOLDER = '.tmp'

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code

const isAbsence = (error: unknown): boolean => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'

const failed = (doing: string, error: unknown): FleetError => {
  const advice: Record<string, string> = {
    ENOSPC: ': the disk is full, make room',
    EDQUOT: ': the quota is used up, make room',
    EACCES: ': this user may not, change the permissions of the archive folder',
    EPERM: ': this user may not, or the filesystem has no hard links, which the archive needs',
    EROFS: ': the filesystem is read-only',
  }
  const message = `cannot ${doing}${advice[codeOf(error) ?? ''] ?? ''} (${reasonOf(error)})`
  return error instanceof FleetError ? error : new FleetError('store.failed', message, { cause: error })
}

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a folder and those above it durably: each new one is synced into the one above it. */
const makeFolder = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

/** As `makeFolder`, but never makes `root`: without it this fails as absence does. */
const makeFolderWithin = async (root: string, folder: string): Promise<void> => {
  if (folder === root) return
  try {
    await mkdir(folder)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === root) throw error
    await makeFolderWithin(root, dirname(folder))
    return makeFolderWithin(root, folder)
  }
  await syncFolder(dirname(folder))
}

const readRange = async (handle: FileHandle, { offset, length }: ByteRange): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

/**
 * A folder of a filesystem as a store. An object gets its name by `link`, which one writer wins and which shows it whole;
 * its bytes are synced before, its folder after.
 */
export const createFileStore = (root: string): ObjectStore => {
  const rootFolder = resolve(root)
  const temporaryFolder = join(rootFolder, TEMPORARY_FOLDER)
  const fileOf = (path: string): string => {
    checkObjectPath(path)
    return join(rootFolder, ...path.split('/'))
  }

  const attempt = async <T>(doing: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      throw failed(doing, error)
    }
  }

  let isMade = false
  /** What was found here last. */
  let witness: string | undefined

  const gone = (cause?: unknown): FleetError =>
    new FleetError(
      'store.failed',
      `the folder ${rootFolder} is gone, or is not the folder that was opened: was its disk unmounted? Mount it again; to begin a new archive, restart this service`,
      { cause },
    )
  /** Around the making: what is there before or after it decides whose folder this is. */
  const checkWitness = async (): Promise<void> => {
    if (witness !== undefined && (await infoOf(witness)) === undefined) throw gone()
  }
  /**
   * Invariant: a folder that was written to, or in which something was found, and that is gone is not made again. A disk that was unmounted
   * would else be taken for an empty archive, and what is written there is lost once it is back.
   */
  const makeTemporary = async (): Promise<void> => {
    if (witness === undefined) await makeFolder(rootFolder)
    await checkWitness()
    await makeFolderWithin(rootFolder, temporaryFolder)
    await checkWitness().catch(async (error: unknown) => {
      await rmdir(temporaryFolder).catch(() => undefined)
      throw error
    })
    isMade = true
  }
  const openTemporary = async (file: string): Promise<FileHandle> => {
    try {
      if (!isMade) await makeTemporary()
      return await open(file, 'wx')
    } catch (error) {
      throw isAbsence(error) ? gone(error) : error
    }
  }

  /** Runs with a synced file of these bytes under a temporary name, which is gone afterwards. */
  const withTemporaryFile = async <T>(bytes: Uint8Array, use: (file: string) => Promise<T>): Promise<T> => {
    const file = join(temporaryFolder, randomUUID())
    try {
      const handle = await openTemporary(file)
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      return await use(file)
    } finally {
      // Whatever is wrong with the folder has been met already.
      await rm(file, { force: true }).catch(() => undefined)
    }
  }

  const putIfAbsent = (path: string, bytes: Uint8Array): Promise<'created' | 'exists'> => {
    const target = fileOf(path)
    return attempt(`write ${target}`, () =>
      withTemporaryFile(bytes, async (file) => {
        await makeFolderWithin(rootFolder, dirname(target))
        try {
          await link(file, target)
        } catch (error) {
          if (codeOf(error) === 'EEXIST') return 'exists'
          throw error
        }
        await syncFolder(dirname(target))
        return 'created'
      }),
    )
  }

  const put = (path: string, bytes: Uint8Array): Promise<void> => {
    const target = fileOf(path)
    return attempt(`write ${target}`, () =>
      withTemporaryFile(bytes, async (file) => {
        await makeFolderWithin(rootFolder, dirname(target))
        await rename(file, target)
        await syncFolder(dirname(target))
      }),
    )
  }

  const get = (path: string, range?: ByteRange): Promise<Uint8Array | undefined> => {
    const file = fileOf(path)
    return attempt(`read ${file}`, async () => {
      let handle: FileHandle
      try {
        handle = await open(file, 'r')
      } catch (error) {
        if (isAbsence(error)) return undefined
        throw error
      }
      try {
        const bytes = range === undefined ? new Uint8Array(await handle.readFile()) : await readRange(handle, range)
        witness = path
        return bytes
      } finally {
        await handle.close()
      }
    })
  }

  const infoOf = async (path: string): Promise<ObjectInfo | undefined> => {
    try {
      const info = await stat(fileOf(path))
      return info.isFile() ? { path, size: info.size, modifiedMs: info.mtimeMs } : undefined
    } catch (error) {
      if (isAbsence(error)) return undefined
      throw error
    }
  }

  /** Folders sort with the `/` that follows their names in paths, so that paths come in order. */
  const entriesOf = async (
    folder: string,
    after: string,
  ): Promise<{ readonly path: string; readonly isFolder: boolean }[]> => {
    try {
      const entries = await readdir(join(rootFolder, folder), { withFileTypes: true })
      return (
        entries
          .filter((entry) => folder !== '' || entry.name !== TEMPORARY_FOLDER)
          // A log has tens of thousands of files, of which the last few are asked for: the others are not sorted.
          .filter((entry) => entry.isDirectory() || compareUtf8(`${folder}${entry.name}`, after) > 0)
          .map((entry) => ({
            path: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`,
            isFolder: entry.isDirectory(),
          }))
          .toSorted((a, b) => compareUtf8(a.path, b.path))
      )
    } catch (error) {
      if (isAbsence(error)) return []
      throw error
    }
  }

  async function* walk(folder: string, prefix: string, after: string): AsyncGenerator<ObjectInfo> {
    for (const { path, isFolder } of await entriesOf(folder, after)) {
      if (!(isFolder ? path.startsWith(prefix) || prefix.startsWith(path) : path.startsWith(prefix))) continue
      if (isFolder) {
        if (compareUtf8(path, after) > 0 || after.startsWith(path)) yield* walk(path, prefix, after)
      } else {
        const info = await infoOf(path)
        if (info !== undefined) yield info
      }
    }
  }

  async function* list(prefix: string, { after = '' }: { readonly after?: string } = {}): AsyncGenerator<ObjectInfo> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (folder !== '') checkObjectPath(folder.slice(0, -1))
    try {
      yield* walk(folder, prefix, after)
    } catch (error) {
      throw failed(`list ${join(rootFolder, prefix)}`, error)
    }
  }

  const removeStrayFiles = (olderThanMs: number): Promise<number> =>
    attempt(`clear ${temporaryFolder}`, async () => {
      let removed = 0
      const names = await readdir(temporaryFolder).catch((error: unknown) => {
        if (isAbsence(error)) return []
        throw error
      })
      for (const name of names) {
        const file = join(temporaryFolder, name)
        const info = await stat(file).catch(() => undefined)
        if (info === undefined || Date.now() - info.mtimeMs < olderThanMs) continue
        await rm(file, { force: true })
        removed++
      }
      return removed
    })

  return {
    readsAtOnce: 2,
    putIfAbsent,
    put,
    get,
    list,
    removeStrayFiles,
    size: (path) => attempt(`read ${fileOf(path)}`, async () => (await infoOf(path))?.size),
    delete: (path) => attempt(`delete ${fileOf(path)}`, () => rm(fileOf(path), { force: true })),
    url: (path) => {
      if (path === '') return rootFolder + sep
      return path.endsWith('/') ? fileOf(path.slice(0, -1)) + sep : fileOf(path)
    },
    scanOptions: async () => ({}),
  }
}
