import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { FleetError } from '@fleetlake/core'
import { throwIfAborted } from '../aborted.ts'
import { untilAborted } from './until-aborted.ts'

/** Bytes from their beginning on. */
export interface ByteSource {
  /** Where that is known. */
  readonly size: number | undefined
  /** The file that they are, as it is on the disk. */
  readonly path?: string | undefined
  /** A pipe gives its bytes a single time. */
  readonly isOnce: boolean
  /** Rejects with an `AbortError` when aborted. */
  read(signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** So much of an input is looked at to find out what it is. */
export const HEAD_BYTES: number = 64 * 1024
const CHUNK_BYTES = 256 * 1024

/** Is told how many bytes were read. */
export type OnBytes = (bytes: number) => void

/** @param from bytes that are passed over */
export async function* readFileFrom(
  path: string,
  {
    from,
    onBytes,
    signal,
  }: { readonly from: number; readonly onBytes?: OnBytes | undefined; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  throwIfAborted(signal)
  // A pipe has no places to begin at.
  const options = { highWaterMark: CHUNK_BYTES, ...(from === 0 ? {} : { start: from }) }
  for await (const chunk of untilAborted(createReadStream(path, options), signal)) {
    onBytes?.(chunk.length)
    yield chunk
  }
}

export const fileSource = (path: string, size: number, onBytes?: OnBytes): ByteSource => ({
  size,
  path,
  isOnce: false,
  read: (signal) => readFileFrom(path, { from: 0, onBytes, signal }),
})

const once = (): FleetError =>
  new FleetError(
    'import.invalid',
    'what comes from a pipe can be read a single time, from its beginning: write it to a file first',
  )

/** What comes from a pipe. */
export const streamSource = (chunks: AsyncIterable<Uint8Array>, onBytes?: OnBytes): ByteSource => {
  let isTaken = false
  return {
    size: undefined,
    isOnce: true,
    read: async function* (signal) {
      if (isTaken) throw once()
      isTaken = true
      for await (const chunk of untilAborted(chunks, signal)) {
        onBytes?.(chunk.length)
        yield chunk
      }
    },
  }
}

/** Some chunks that were taken, then the others. */
async function* replay(taken: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* taken
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

const readHead = async (path: string, size: number): Promise<Uint8Array> => {
  const file = await open(path)
  try {
    const head = new Uint8Array(Math.min(HEAD_BYTES, size))
    let filled = 0
    while (filled < head.length) {
      const { bytesRead } = await file.read(head, filled, head.length - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return head.subarray(0, filled)
  } finally {
    await file.close()
  }
}

export interface Peeked {
  /** `HEAD_BYTES` at most. */
  readonly head: Uint8Array
  /** To be read instead of the one that was looked at: none of its bytes is lost. */
  readonly source: ByteSource
}

/** A fault that comes behind some bytes is left to those who read them. */
export const peek = async (source: ByteSource, signal: AbortSignal): Promise<Peeked> => {
  throwIfAborted(signal)
  if (source.path !== undefined) return { head: await readHead(source.path, source.size ?? HEAD_BYTES), source }
  const iterator = source.read(signal)[Symbol.asyncIterator]()
  const taken: Uint8Array[] = []
  let length = 0
  let rest = iterator
  try {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      // A copy: a source may fill its chunks again.
      taken.push(new Uint8Array(next.value))
      length += next.value.length
      if (length >= HEAD_BYTES) break
    }
  } catch (error) {
    if (length === 0) throw error
    rest = failing(error)
  }
  const head = new Uint8Array(Buffer.concat(taken)).subarray(0, HEAD_BYTES)
  if (source.isOnce) return { head, source: { ...streamSource(replay(taken, rest)), size: source.size } }
  await rest.return?.()
  return { head, source }
}

const failing = (error: unknown): AsyncIterator<Uint8Array> => ({ next: () => Promise.reject(error) })
