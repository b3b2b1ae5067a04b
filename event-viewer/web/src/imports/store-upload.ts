import { createHash } from 'node:crypto'
import { open, rm, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FleetError } from '@fleetlake/core'

export interface StoredUpload {
  readonly bytes: number
  /** SHA-256 of the bytes, in hex. */
  readonly digest: string
}

export interface UploadOptions {
  /** Path of the file that is made. */
  readonly path: string
  /** Takes bytes of the room that uploads have. @throws FleetError when there are too many */
  readonly take: (bytes: number) => void
  /** Between two chunks of a request. */
  readonly idleMs?: number
}

const IDLE_MS = 60_000
/** So much of the disk stays free for others. */
const LEAST_FREE_BYTES = 512 * 1024 * 1024
/** Of a file that is refused, behind the place where it was. */
const PASSED_BYTES = 256 * 1024 * 1024
/** Between two looks at the disk. */
const LOOK_BYTES = 64 * 1024 * 1024

/**
 * Writes the body of a request to a new file. Invariant: the file is there only when all of the body is in it.
 * @throws FleetError `import.invalid` when it is broken off, or too slow, or has no room
 */
export const storeUpload = async (
  body: ReadableStream<Uint8Array> | null,
  { path, take, idleMs = IDLE_MS }: UploadOptions,
): Promise<StoredUpload> => {
  const hash = createHash('sha256')
  const file = await open(path, 'wx')
  const reader = body?.getReader()
  let [bytes, lookedAt, isWhole] = [0, -Infinity, false]
  try {
    while (reader !== undefined) {
      const { done, value } = await withinTime(reader.read(), idleMs)
      if (done) break
      take(value.length)
      if (bytes - lookedAt >= LOOK_BYTES) {
        await checkRoom(path)
        lookedAt = bytes
      }
      hash.update(value)
      for (let at = 0; at < value.length;) at += (await file.write(value, at, value.length - at)).bytesWritten
      bytes += value.length
    }
    isWhole = true
    return { bytes, digest: hash.digest('hex') }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? noRoom(error) : error
  } finally {
    await file.close()
    if (!isWhole) await rm(path, { force: true })
    if (!isWhole && reader !== undefined) await passOver(reader, idleMs)
  }
}

/** A browser hears why its file is refused only when it could send all of it; a long rest is broken off. */
const passOver = async (reader: ReadableStreamDefaultReader<Uint8Array>, idleMs: number): Promise<void> => {
  try {
    for (let bytes = 0; bytes < PASSED_BYTES;) {
      const { done, value } = await withinTime(reader.read(), idleMs)
      if (done) return
      bytes += value.length
    }
  } catch {
    // It has broken off by itself.
  }
  await reader.cancel().catch(() => undefined)
}

const withinTime = async <Value>(work: Promise<Value>, ms: number): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new FleetError('import.invalid', `the upload has ended: no byte has come for ${ms / 1000} s`)),
      ms,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const checkRoom = async (path: string): Promise<void> => {
  const { bavail, bsize } = await statfs(dirname(path))
  if (bavail * bsize < LEAST_FREE_BYTES) throw noRoom()
}

const noRoom = (cause?: unknown): FleetError =>
  new FleetError(
    'import.invalid',
    "the viewer's disk has no room for the file: import it with `fleet import` from where it lies",
    { cause },
  )
