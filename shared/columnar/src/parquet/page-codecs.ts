import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { ZSTDDecoder } from 'zstddec'
import { CODEC, nameOf, type PageCodec } from './format.ts'
import { unpackLz4, unpackLz4Frames } from './lz4.ts'
import { unpackSnappy } from './snappy.ts'

/** Undefined for a number that no open decoder knows. */
export const codecOf: (number: number) => PageCodec | undefined = nameOf(CODEC)

/**
 * Up to this size WebAssembly unpacks: each call of Node's own makes a context of some hundred KB, which counts as memory of the program's and
 * has it collect garbage all the time.
 */
const FEW_BYTES = 1024 * 1024

const decoder = new ZSTDDecoder()
await decoder.init()

const unpackZstd = (bytes: Uint8Array, size: number): Uint8Array =>
  size <= FEW_BYTES ? decoder.decode(bytes, size) : unpackMuchZstd(bytes, size)

/** In one piece where it can be, and never more at once than a damaged size may claim. */
const unpackMuchZstd = (bytes: Uint8Array, size: number): Uint8Array =>
  zstdDecompressSync(bytes, { chunkSize: Math.min(size, 64 * bytes.length + FEW_BYTES), maxOutputLength: size })

/** A packed byte of the other codecs stands for at most this many bytes: no memory is allocated for a greater size. */
const MOST_PER_BYTE = 256

type Unpack = (bytes: Uint8Array, size: number, room: ((size: number) => Uint8Array) | undefined) => Uint8Array

const unpackInto = (unpack: (bytes: Uint8Array, to: Uint8Array) => void): Unpack => {
  return (bytes, size, room) => {
    if (size > MOST_PER_BYTE * bytes.length) throw new RangeError(`${bytes.length} bytes do not unpack to ${size}`)
    const to = room?.(size) ?? new Uint8Array(size)
    unpack(bytes, to)
    return to
  }
}

const UNPACKERS: Readonly<Record<PageCodec, Unpack>> = {
  none: (bytes) => bytes,
  snappy: unpackInto(unpackSnappy),
  gzip: (bytes, size) => gunzipSync(bytes, { maxOutputLength: size }),
  brotli: (bytes, size) => brotliDecompressSync(bytes, { maxOutputLength: size }),
  'lz4-frames': unpackInto(unpackLz4Frames),
  zstd: unpackZstd,
  lz4: unpackInto(unpackLz4),
}

/**
 * @param room gives the bytes that are filled, of codecs that fill what they are given; they are the caller's own when missing
 * @throws RangeError, or the unpacker's own fault, when bytes do not unpack to exactly `size`
 */
export const unpackBytes = (
  codec: PageCodec,
  bytes: Uint8Array,
  size: number,
  room?: (size: number) => Uint8Array,
): Uint8Array => {
  if (size === 0) return new Uint8Array(0)
  const unpacked = UNPACKERS[codec](bytes, size, room)
  if (unpacked.length !== size) throw new RangeError(`a page of ${size} bytes unpacks to ${unpacked.length}`)
  return unpacked
}
