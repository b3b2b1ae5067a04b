import { unpackLz4Block } from '@fleetlake/columnar/parquet/parts'

const MARK = 0x184d2204
const VERSION = 1
/** Bits of the frame's flags. */
const [HAS_DICTIONARY, HAS_CONTENT_SIZE, HAS_BLOCK_SUM, IS_INDEPENDENT] = [1, 8, 16, 32]
const UNPACKED_BLOCK = 0x80000000
/** An LZ4 byte stands for this many bytes at most: no memory is made for a greater size. */
const MOST_PER_BYTE = 256

/**
 * Unpacks an LZ4 frame, as Arrow packs buffers. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 * Checksums, which Arrow's writers leave out, are passed over.
 * @throws RangeError unless it has exactly `size` bytes
 */
export const unpackLz4Frame = (bytes: Uint8Array, size: number): Uint8Array => {
  if (size > MOST_PER_BYTE * bytes.length) throw new RangeError(`${bytes.length} bytes do not unpack to ${size}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const flags = view.getUint8(4)
  if (view.getUint32(0, true) !== MARK || flags >> 6 !== VERSION || (flags & HAS_DICTIONARY) !== 0)
    throw new RangeError('it has a buffer that is no LZ4 frame')
  const to = new Uint8Array(size)
  let end = 0
  for (let at = 7 + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8); ;) {
    const head = view.getUint32(at, true)
    at += 4
    if (head === 0) break
    const length = head & ~UNPACKED_BLOCK
    const block = bytes.subarray(at, at + length)
    if (block.length < length) throw new RangeError('it has an LZ4 frame that ends too early')
    if ((head & UNPACKED_BLOCK) !== 0) {
      if (end + length > size) throw new RangeError('it has an LZ4 frame with more bytes than it says')
      to.set(block, end)
      end += length
    } else if ((flags & IS_INDEPENDENT) === 0) end = unpackLz4Block(block, to, end)
    else end += unpackLz4Block(block, to.subarray(end), 0)
    at += length + ((flags & HAS_BLOCK_SUM) === 0 ? 0 : 4)
  }
  if (end !== size) throw new RangeError(`it has an LZ4 frame of ${end} bytes that should be ${size}`)
  return to
}
