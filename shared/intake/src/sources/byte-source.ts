import { createReadStream } from 'node:fs'
import { FleetError } from '@fleetlake/core'
import { throwIfAborted } from '../aborted.ts'
import { HEAD_BYTES, readHead } from './read-head.ts'
import { unlessAborted, untilAborted } from './until-aborted.ts'

/** Bytes from their beginning on. */
export interface ByteSource {
  /** Where that is known. */
  readonly size: number | undefined
  /** The file that they are, as it is on the disk. */
  readonly path?: string | undefined
  /** Its first bytes, where they are read already. */
  readonly head?: Promise<Uint8Array> | undefined
  /** May be called again, of a pipe as long as not much was read. Rejects with an `AbortError` when aborted. */
  read(signal: AbortSignal): AsyncIterable<Uint8Array>
}

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

export interface FileSourceOptions {
  readonly size: number
  readonly head?: Promise<Uint8Array> | undefined
  readonly onBytes?: OnBytes | undefined
}

export const fileSource = (path: string, { size, head, onBytes }: FileSourceOptions): ByteSource => ({
  size,
  path,
  head,
  read: (signal) => readFileFrom(path, { from: 0, onBytes, signal }),
})

/** Of a pipe, so that its beginning can be read again: formats look at it first. */
const KEPT_BYTES = 8 * 1024 * 1024

const once = (): FleetError =>
  new FleetError(
    'import.invalid',
    `what comes from a pipe can be read again within its first ${KEPT_BYTES} bytes only: write it to a file first`,
  )

/** What comes from a pipe. */
export const streamSource = (chunks: AsyncIterable<Uint8Array>, onBytes?: OnBytes): ByteSource => {
  const iterator = chunks[Symbol.asyncIterator]()
  let kept: Uint8Array[] = []
  let keptBytes = 0
  let isBeyond = false
  let fault: unknown
  const next = async (signal: AbortSignal): Promise<Uint8Array | undefined> => {
    if (fault !== undefined) throw fault
    try {
      const { done, value } = await unlessAborted(iterator.next(), signal)
      return done === true ? undefined : value
    } catch (error) {
      fault = error
      throw error
    }
  }
  return {
    size: undefined,
    read: async function* (signal) {
      if (isBeyond) throw once()
      for (let i = 0; ;) {
        if (i < kept.length) {
          yield kept[i++]
          continue
        }
        const chunk = await next(signal)
        if (chunk === undefined) return
        onBytes?.(chunk.length)
        if (!isBeyond && keptBytes + chunk.length <= KEPT_BYTES) {
          // A copy: a source may fill its chunks again.
          kept.push(new Uint8Array(chunk))
          keptBytes += chunk.length
          i++
        } else {
          isBeyond = true
          kept = []
        }
        yield chunk
      }
    },
  }
}

/** The first bytes, `HEAD_BYTES` at most. A fault that comes behind some of them is left to those who read on. */
export const headOf = async (source: ByteSource, signal: AbortSignal): Promise<Uint8Array> => {
  throwIfAborted(signal)
  if (source.path !== undefined) return source.head ?? readHead(source.path, source.size ?? HEAD_BYTES)
  const taken: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of source.read(signal)) {
      // A copy: a source may fill its chunks again.
      taken.push(new Uint8Array(chunk))
      length += chunk.length
      if (length >= HEAD_BYTES) break
    }
  } catch (error) {
    if (length === 0) throw error
  }
  return new Uint8Array(Buffer.concat(taken)).subarray(0, HEAD_BYTES)
}
