import { zstdDecompressSync } from 'node:zlib'
import { ZSTDDecoder } from 'zstddec'

/**
 * Up to this size WebAssembly unpacks: each call of Node's own makes a context of some hundred KB, which counts as memory of the program's and
 * has it collect garbage all the time.
 */
const FEW_BYTES = 1024 * 1024

const decoder = new ZSTDDecoder()
await decoder.init()

/** @throws RangeError when bytes don't unpack to `size` */
export const unpackZstd = (bytes: Uint8Array, size: number): Uint8Array => {
  if (size === 0) return new Uint8Array(0)
  const unpacked = size <= FEW_BYTES ? decoder.decode(bytes, size) : unpackMuch(bytes, size)
  if (unpacked.length !== size) throw new RangeError(`a page of ${size} bytes unpacks to ${unpacked.length}`)
  return unpacked
}

/** In one piece where it can be, and never more at once than a damaged size may claim. */
const unpackMuch = (bytes: Uint8Array, size: number): Uint8Array =>
  zstdDecompressSync(bytes, { chunkSize: Math.min(size, 64 * bytes.length + FEW_BYTES), maxOutputLength: size })
