import type { Transform } from 'node:stream'
import { createGunzip, createInflateRaw, createZstdDecompress } from 'node:zlib'

const CHUNK_BYTES = 256 * 1024

/** Node's own unpackers, which work beside the program. */
interface Unpacker extends Transform {
  /** Of the input, those that belong to what was unpacked. */
  readonly bytesWritten: number
}

/** What an unpacker is given, and how far that is. */
interface Fed {
  readonly chunks: AsyncIterable<Uint8Array>
  given: number
  /** Of the input itself. */
  fault: unknown
}

/** Resolves once the unpacker has made of a chunk what it can; rejects when it was closed before. */
const write = (unpacker: Unpacker, chunk: Uint8Array): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // What is closed forgets whom to tell.
  const onClose = (): void => reject(unpacker.errored ?? new Error('it was closed'))
  unpacker.once('close', onClose)
  unpacker.write(chunk, (error) => {
    unpacker.off('close', onClose)
    if (error instanceof Error) reject(error)
    else resolve()
  })
  return promise
}

/** @param taken resolves when something was taken out of the unpacker */
const feed = async (unpacker: Unpacker, fed: Fed, taken: () => Promise<void>): Promise<void> => {
  try {
    for await (const chunk of fed.chunks) {
      fed.given += chunk.length
      await write(unpacker, chunk)
    }
    // A fault of the end throws away what was not taken.
    while (unpacker.readableLength > 0 && !unpacker.destroyed) await taken()
    unpacker.end()
  } catch (error) {
    if (!unpacker.destroyed) fed.fault = error
    unpacker.destroy(error as Error)
  }
}

async function* unpackBy(unpacker: Unpacker, fed: Fed): AsyncGenerator<Uint8Array> {
  let take = Promise.withResolvers<void>()
  const isTaken = (): void => {
    take.resolve()
    take = Promise.withResolvers()
  }
  unpacker.once('close', isTaken)
  const feeding = feed(unpacker, fed, () => take.promise)
  try {
    for await (const chunk of unpacker) {
      isTaken()
      yield chunk as Uint8Array
    }
  } catch (error) {
    if (fed.fault !== undefined) throw fed.fault
    throw sentenceFor(error as NodeJS.ErrnoException)
  } finally {
    unpacker.destroy()
    await feeding
  }
}

const WINDOW_TOO_LARGE = 'ZSTD_error_frameParameter_windowTooLarge'

const sentenceFor = (error: NodeJS.ErrnoException): Error => {
  const { code = '' } = error
  if (code === 'Z_BUF_ERROR') return new RangeError('it ends too early')
  if (code === WINDOW_TOO_LARGE)
    return new RangeError('it needs more than 128 MiB of memory: pack it again with a window of 128 MiB at most')
  return /^(Z_|ZSTD_)/.test(code) ? new RangeError('it is damaged') : error
}

/** gzip, also several members after one another. Rejects with a RangeError for damaged bytes, and for those that end too early. */
export const unpackGz = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> =>
  unpackBy(createGunzip({ chunkSize: CHUNK_BYTES }), { chunks, given: 0, fault: undefined })

/** Zstandard, also several frames after one another. Rejects as `unpackGz`. */
export async function* unpackZst(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacker = createZstdDecompress({ chunkSize: CHUNK_BYTES })
  const fed = { chunks, given: 0, fault: undefined }
  yield* unpackBy(unpacker, fed)
  // What is no frame it leaves alone without a word.
  if (unpacker.bytesWritten < fed.given) throw new RangeError('it has bytes behind its end that are no zstd')
}

/** Deflate alone, as zip has it. Rejects as `unpackGz`. */
export const unpackDeflate = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> =>
  unpackBy(createInflateRaw({ chunkSize: CHUNK_BYTES }), { chunks, given: 0, fault: undefined })
