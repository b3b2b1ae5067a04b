import { pack } from './bit-pack.ts'
import type { Bytes } from './bytes.ts'

/**
 * Parquet's DELTA_BINARY_PACKED over typed arrays, without an object or a BigInt per value.
 * https://github.com/apache/parquet-format/blob/master/Encodings.md
 */

const blockSize = 128
const miniblocks = 4
const miniblockSize = blockSize / miniblocks

// One block's deltas above the block's least delta, as the low and high 32 bits. Encoding is synchronous, so one pair serves all.
const low = new Uint32Array(blockSize)
const high = new Uint32Array(blockSize)
const deltas = new Float64Array(blockSize)

/** DELTA_BINARY_PACKED of int32 values; deltas wrap at 32 bits as the format asks. */
export function deltaInt32(out: Bytes, values: Int32Array, from: number = 0, to: number = values.length): void {
  writeDeltaHeader(out, to - from, to > from ? values[from] : 0)
  for (let start = from + 1; start < to; start += blockSize) {
    const count = Math.min(blockSize, to - start)
    let previous = values[start - 1]
    let least = 0x7fffffff
    for (let i = 0; i < count; i++) {
      const value = values[start + i]
      const delta = (value - previous) | 0
      low[i] = delta
      if (delta < least) least = delta
      previous = value
    }
    for (let i = 0; i < count; i++) low[i] = low[i] - least
    writeBlock(out, count, least, false)
  }
}

/** DELTA_BINARY_PACKED of int64 values `values[i] * factor`, products within ±2^52 and 2^51 of each other: then every sum here is exact. */
export function deltaInt64(
  out: Bytes,
  values: Float64Array,
  factor: number = 1,
  from: number = 0,
  to: number = values.length,
): void {
  writeDeltaHeader(out, to - from, to > from ? values[from] * factor : 0)
  for (let start = from + 1; start < to; start += blockSize) {
    const count = Math.min(blockSize, to - start)
    let previous = values[start - 1]
    let least = Infinity
    let greatest = -Infinity
    for (let i = 0; i < count; i++) {
      const value = values[start + i]
      const delta = (value - previous) * factor
      deltas[i] = delta
      if (delta < least) least = delta
      if (delta > greatest) greatest = delta
      previous = value
    }
    const wide = greatest - least > 0xffffffff
    for (let i = 0; i < count; i++) {
      const above = deltas[i] - least
      low[i] = above
      if (wide) high[i] = above / 4294967296
    }
    writeBlock(out, count, least, wide)
  }
}

function writeDeltaHeader(out: Bytes, count: number, first: number): void {
  out.varint(blockSize)
  out.varint(miniblocks)
  out.varint(count)
  out.zigzag(first)
}

function writeBlock(out: Bytes, count: number, least: number, wide: boolean): void {
  out.zigzag(least)
  low.fill(0, count)
  if (wide) high.fill(0, count)
  out.reserve(miniblocks + blockSize * 8)
  const widths = out.length
  out.length += miniblocks
  for (let m = 0; m < miniblocks; m++) {
    const start = m * miniblockSize
    let bits = 0
    let highBits = 0
    // A miniblock beyond the last value has width 0 and no bytes.
    if (start < count) {
      for (let i = start; i < start + miniblockSize; i++) bits |= low[i]
      if (wide) for (let i = start; i < start + miniblockSize; i++) highBits |= high[i]
    }
    const width = highBits ? 64 - Math.clz32(highBits) : 32 - Math.clz32(bits)
    out.bytes[widths + m] = width
    if (width > 32) packWide(out, start, width)
    else if (width) pack(out, low, start, miniblockSize, width)
  }
}

/** As `pack`, for widths of 33 to 64: each value's low word, then what is left of its high one. */
function packWide(out: Bytes, start: number, width: number): void {
  const { view } = out
  let at = out.length
  let word = 0
  let used = 0
  for (let i = start * 2, end = i + miniblockSize * 2; i < end; i++) {
    const isHigh = i & 1
    const value = isHigh ? high[i >> 1] : low[i >> 1]
    const bits = isHigh ? width - 32 : 32
    word |= value << used
    used += bits
    if (used >= 32) {
      view.setInt32(at, word, true)
      at += 4
      used -= 32
      word = used ? value >>> (bits - used) : 0
    }
  }
  out.length += (miniblockSize * width) >>> 3
}
