import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createInflateRaw, createZstdDecompress } from 'node:zlib'

const CHUNK_BYTES = 256 * 1024

/** Node's own unpackers, which work beside the program. */
interface Unpacker extends Transform {
  /** Of the input, those that belong to what was unpacked. */
  readonly bytesWritten: number
}

interface Fed {
  readonly chunks: AsyncIterable<Uint8Array>
  given: number
  /** Of the input itself. */
  fault: unknown
}

async function* feed(fed: Fed): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of fed.chunks) {
      fed.given += chunk.length
      yield chunk
    }
  } catch (error) {
    fed.fault = error
    throw error
  }
}

async function* unpackBy(unpacker: Unpacker, fed: Fed): AsyncGenerator<Uint8Array> {
  // Faults come out of the unpacker as well, where they are awaited.
  pipeline(Readable.from(feed(fed), { highWaterMark: 1 }), unpacker, () => {})
  try {
    for await (const chunk of unpacker) yield chunk as Uint8Array
  } catch (error) {
    if (fed.fault !== undefined) throw fed.fault
    throw sentenceFor(error as NodeJS.ErrnoException)
  }
}

const WINDOW_TOO_LARGE = 'ZSTD_error_frameParameter_windowTooLarge'

const sentenceFor = (error: NodeJS.ErrnoException): Error => {
  const { code = '' } = error
  if (code === 'Z_BUF_ERROR') return new RangeError('it ends too early', { cause: error })
  if (code === WINDOW_TOO_LARGE)
    return new RangeError('it needs more than 128 MiB of memory: pack it again without --long', { cause: error })
  return /^(Z_|ZSTD_)/.test(code) ? new RangeError('it is damaged', { cause: error }) : error
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
