import { rmSync } from 'node:fs'
import { mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FleetError } from '@fleetlake/core'

/** Temporary files, for formats that are read at random while their bytes come in order. */
export interface Spool {
  /**
   * Writes bytes to a file.
   * @returns its path
   * @throws FleetError `import.invalid` when there is no room for it
   */
  write(chunks: AsyncIterable<Uint8Array>, name: string): Promise<string>
  /** Deletes one of the files. */
  remove(path: string): Promise<void>
  /** Deletes all of them. They are deleted, too, when the process ends by itself. */
  close(): Promise<void>
}

/** So much of the disk stays free for others. */
const LEAST_FREE_BYTES = 512 * 1024 * 1024
/** Between two looks at the disk. */
const LOOK_BYTES = 64 * 1024 * 1024

/** @param folder where the files' own folder is made, when it is needed */
export const createSpool = (folder: string = tmpdir()): Spool => {
  let own: Promise<string> | undefined
  let files = 0
  let remove: (() => void) | undefined
  const make = async (): Promise<string> => {
    const path = await mkdtemp(join(folder, 'fleetlake-import-'))
    remove = () => rmSync(path, { recursive: true, force: true })
    process.once('exit', remove)
    return path
  }
  const noRoom = (name: string, cause?: unknown): FleetError =>
    new FleetError(
      'import.invalid',
      `${name} needs a temporary copy, for which ${folder} has no room: set TMPDIR to a folder with more, or unpack it first`,
      { cause },
    )
  const checkRoom = async (name: string): Promise<void> => {
    const { bavail, bsize } = await statfs(folder)
    if (bavail * bsize < LEAST_FREE_BYTES) throw noRoom(name)
  }
  return {
    write: async (chunks, name) => {
      await checkRoom(name)
      own ??= make()
      const path = join(await own, String(files++))
      const file = await open(path, 'wx')
      let isWhole = false
      try {
        let unlooked = 0
        for await (const chunk of chunks) {
          for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at, chunk.length - at)).bytesWritten
          unlooked += chunk.length
          if (unlooked < LOOK_BYTES) continue
          await checkRoom(name)
          unlooked = 0
        }
        isWhole = true
        return path
      } catch (error) {
        throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? noRoom(name, error) : error
      } finally {
        await file.close()
        if (!isWhole) await rm(path, { force: true })
      }
    },
    remove: (path) => rm(path, { force: true }),
    close: async () => {
      if (own === undefined) return
      await rm(await own, { recursive: true, force: true })
      if (remove !== undefined) process.off('exit', remove)
      own = undefined
    },
  }
}
