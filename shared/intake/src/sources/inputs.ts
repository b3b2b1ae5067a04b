import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { Input } from '../formats/format.ts'
import type { Bytes } from './unpack.ts'

/** What a format is recognised by. */
export const HEAD_BYTES: number = 64 * 1024
/** Kept of what can be read once, so that its beginning can be looked at. */
const KEPT_BYTES = 8 * 1024 * 1024
const READ_BYTES = 256 * 1024

export const readBytes = (path: string, from: number, signal: AbortSignal): Bytes =>
  createReadStream(path, { start: from, highWaterMark: READ_BYTES, signal })

export const headOf = async (bytes: Bytes): Promise<Uint8Array> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of bytes) {
    parts.push(chunk)
    length += chunk.length
    if (length >= HEAD_BYTES) break
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES)
}

/** @param onBytes told of what is read of it */
export const plainInput = (
  path: string,
  { name, size, onBytes }: { name: string; size: number; onBytes: (bytes: number) => void },
): Input => ({
  name,
  size,
  read: async function* (from, signal) {
    for await (const chunk of readBytes(path, from, signal)) {
      onBytes(chunk.length)
      yield chunk
    }
  },
  file: async () => {
    onBytes(size)
    return path
  },
})

/** Temporary files with what is packed, or comes from a pipe. */
export interface Spool {
  keep(bytes: Bytes, name: string): Promise<string>
  close(): Promise<void>
}

export const createSpool = (): Spool => {
  let folder: Promise<string> | undefined
  let files = 0
  return {
    keep: async (bytes, name) => {
      folder ??= mkdtemp(join(tmpdir(), 'fleetlake-import-'))
      const path = join(await folder, String(files++))
      try {
        await pipeline(Readable.from(bytes), createWriteStream(path))
      } catch (error) {
        if (error instanceof FleetError || (error instanceof Error && error.name === 'AbortError')) throw error
        throw new FleetError('import.invalid', `${name} can't be unpacked into ${tmpdir()}: ${reasonOf(error)}`, {
          cause: error,
        })
      }
      return path
    },
    close: async () => {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true })
    },
  }
}

async function* passing(bytes: Bytes, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of bytes) {
    if (chunk.length <= left) left -= chunk.length
    else {
      yield left === 0 ? chunk : chunk.subarray(left)
      left = 0
    }
  }
}

/** What can be opened again and again, but read from its beginning only. */
export const sequentialInput = (
  open: (signal: AbortSignal) => Bytes,
  { name, spool }: { name: string; spool: Spool },
): Input => {
  let spooled: Promise<string> | undefined
  return {
    name,
    size: undefined,
    read: (from, signal) => passing(open(signal), from),
    file: (signal) => (spooled ??= spool.keep(open(signal), name)),
  }
}

/** What can be read once, such as a pipe: its first bytes are kept, so that it can be looked at before. */
export const onceInput = (bytes: Bytes, { name, spool }: { name: string; spool: Spool }): Input => {
  const source = bytes[Symbol.asyncIterator]()
  const kept: Uint8Array[] = []
  let keptBytes = 0
  let isBeyond = false
  let spooled: Promise<string> | undefined

  const read = async function* (from: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    if (isBeyond) throw new FleetError('import.invalid', `${name} can be read once only: save it as a file first`)
    yield* passing(keptThenRest(signal), from)
  }
  const keptThenRest = async function* (signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < kept.length; i++) yield kept[i]
    while (!signal.aborted) {
      const next = await source.next()
      if (next.done === true) return
      if (keptBytes + next.value.length <= KEPT_BYTES) {
        kept.push(next.value)
        keptBytes += next.value.length
      } else {
        isBeyond = true
        kept.length = 0
      }
      yield next.value
    }
  }
  return {
    name,
    size: undefined,
    read,
    file: (signal) => (spooled ??= spool.keep(read(0, signal), name)),
  }
}
