import { pack, unpack, unpackWide } from './bits.ts'
import { type Bytes, type Reader, readVarint, readZigzag } from './bytes.ts'

/**
 * Parquet's DELTA_BINARY_PACKED over typed arrays, written and read without an object or a BigInt per value.
 * https://github.com/apache/parquet-format/blob/master/Encodings.md
 */

const BLOCK_SIZE = 128
const MINIBLOCKS = 4
const MINIBLOCK_SIZE = BLOCK_SIZE / MINIBLOCKS

// One block's deltas above the block's least delta, as the low and high 32 bits. Encoding is synchronous, so one pair serves all.
const low = new Uint32Array(BLOCK_SIZE)
const high = new Uint32Array(BLOCK_SIZE)
const differences = new Float64Array(BLOCK_SIZE)

/** DELTA_BINARY_PACKED of int32 values; deltas wrap at 32 bits as the format asks. */
export function deltaInt32(out: Bytes, values: Int32Array, from: number = 0, to: number = values.length): void {
  writeDeltaHeader(out, to - from, to > from ? values[from] : 0)
  for (let start = from + 1; start < to; start += BLOCK_SIZE) {
    const count = Math.min(BLOCK_SIZE, to - start)
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
  for (let start = from + 1; start < to; start += BLOCK_SIZE) {
    const count = Math.min(BLOCK_SIZE, to - start)
    let previous = values[start - 1]
    let least = Infinity
    let greatest = -Infinity
    for (let i = 0; i < count; i++) {
      const value = values[start + i]
      const delta = (value - previous) * factor
      differences[i] = delta
      if (delta < least) least = delta
      if (delta > greatest) greatest = delta
      previous = value
    }
    const wide = greatest - least > 0xffffffff
    for (let i = 0; i < count; i++) {
      const above = differences[i] - least
      low[i] = above
      if (wide) high[i] = above / 4294967296
    }
    writeBlock(out, count, least, wide)
  }
}

function writeDeltaHeader(out: Bytes, count: number, first: number): void {
  out.varint(BLOCK_SIZE)
  out.varint(MINIBLOCKS)
  out.varint(count)
  out.zigzag(first)
}

function writeBlock(out: Bytes, count: number, least: number, wide: boolean): void {
  out.zigzag(least)
  low.fill(0, count)
  if (wide) high.fill(0, count)
  out.reserve(MINIBLOCKS + BLOCK_SIZE * 8)
  const widths = out.length
  out.length += MINIBLOCKS
  for (let m = 0; m < MINIBLOCKS; m++) {
    const start = m * MINIBLOCK_SIZE
    let bits = 0
    let highBits = 0
    // A miniblock beyond the last value has width 0 and no bytes.
    if (start < count) {
      for (let i = start; i < start + MINIBLOCK_SIZE; i++) bits |= low[i]
      if (wide) for (let i = start; i < start + MINIBLOCK_SIZE; i++) highBits |= high[i]
    }
    const width = highBits ? 64 - Math.clz32(highBits) : 32 - Math.clz32(bits)
    out.bytes[widths + m] = width
    if (width > 32) packWide(out, start, width)
    else if (width) pack(out, low, start, MINIBLOCK_SIZE, width)
  }
}

/** As `pack`, for widths of 33 to 64: each value's low word, then what is left of its high one. */
function packWide(out: Bytes, start: number, width: number): void {
  const { view } = out
  let at = out.length
  let word = 0
  let used = 0
  for (let i = start * 2, end = i + MINIBLOCK_SIZE * 2; i < end; i++) {
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
  out.length += (MINIBLOCK_SIZE * width) >>> 3
}

// Decoding is synchronous, so one buffer of each kind serves all.
let deltas = new Uint32Array(256)
let wideDeltas = new Float64Array(256)
const widths = new Uint8Array(512)
/** Values of a miniblock; writers make 32 to 256. */
const MOST_IN_MINIBLOCK = 1 << 16

interface Shape {
  readonly miniblocks: number
  readonly miniblockSize: number
}

const readHeader = (reader: Reader, expected: number): Shape => {
  const blockSize = readVarint(reader)
  const miniblocks = readVarint(reader)
  const count = readVarint(reader)
  const miniblockSize = blockSize / miniblocks
  if (count !== expected) throw new RangeError(`a page of ${expected} values holds ${count}`)
  if (
    !Number.isInteger(miniblockSize) ||
    miniblockSize % 8 !== 0 ||
    miniblocks > widths.length ||
    miniblockSize > MOST_IN_MINIBLOCK
  ) {
    throw new RangeError('blocks of another shape than the format allows')
  }
  if (deltas.length < miniblockSize) {
    deltas = new Uint32Array(miniblockSize)
    wideDeltas = new Float64Array(miniblockSize)
  }
  return { miniblocks, miniblockSize }
}

const readWidths = (reader: Reader, miniblocks: number): void => {
  if (reader.at + miniblocks > reader.bytes.length) throw new RangeError('a block reaches beyond the end of its page')
  for (let i = 0; i < miniblocks; i++) widths[i] = reader.bytes[reader.at++]
}

/** Values of an int32 column; sums wrap at 32 bits as the format asks. */
export const readDeltaInt32 = (reader: Reader, to: Int32Array, start: number, count: number): void => {
  const { miniblocks, miniblockSize } = readHeader(reader, count)
  let value = readZigzag(reader) | 0
  if (count > 0) to[start] = value
  const end = start + count
  for (let i = start + 1; i < end;) {
    const least = readZigzag(reader) | 0
    readWidths(reader, miniblocks)
    for (let m = 0; m < miniblocks && i < end; m++) {
      const width = widths[m]
      const here = Math.min(miniblockSize, end - i)
      if (width > 32) throw new RangeError('a difference of more than 32 bits')
      if (width === 0) {
        for (let k = 0; k < here; k++) to[i + k] = value = (value + least) | 0
      } else {
        unpack(reader, { width, packed: miniblockSize, count: here }, deltas, 0)
        for (let k = 0; k < here; k++) to[i + k] = value = (value + least + deltas[k]) | 0
      }
      i += here
    }
  }
}

/** Values of an int64 column, within ±2^53, divided by `divisor` and rounded down. */
export const readDeltaInt64 = (
  reader: Reader,
  to: Float64Array,
  { start, count, divisor }: { readonly start: number; readonly count: number; readonly divisor: number },
): void => {
  const { miniblocks, miniblockSize } = readHeader(reader, count)
  let value = readZigzag(reader)
  if (count > 0) to[start] = Math.floor(value / divisor)
  const end = start + count
  for (let i = start + 1; i < end;) {
    const least = readZigzag(reader)
    readWidths(reader, miniblocks)
    for (let m = 0; m < miniblocks && i < end; m++) {
      const width = widths[m]
      const here = Math.min(miniblockSize, end - i)
      if (width === 0) {
        for (let k = 0; k < here; k++) to[i + k] = Math.floor((value += least) / divisor)
      } else if (width <= 32) {
        unpack(reader, { width, packed: miniblockSize, count: here }, deltas, 0)
        for (let k = 0; k < here; k++) to[i + k] = Math.floor((value += least + deltas[k]) / divisor)
      } else {
        unpackWide(reader, { width, packed: miniblockSize, count: here }, wideDeltas)
        for (let k = 0; k < here; k++) to[i + k] = Math.floor((value += least + wideDeltas[k]) / divisor)
      }
      i += here
    }
  }
}

const DIGITS = 128n

/** As `readDeltaInt64`, for all 64 bits, at a tenth of its speed. */
export const readDeltaBigInt64 = (
  reader: Reader,
  to: Float64Array,
  { start, count, divisor }: { readonly start: number; readonly count: number; readonly divisor: number },
): void => {
  const by = BigInt(divisor)
  eachDeltaBigInt(reader, count, (value, i) => {
    const whole = value / by
    to[start + i] = Number(value < 0n && whole * by !== value ? whole - 1n : whole)
  })
}

/** Calls for each value of an int64 column, signed, exactly. */
export const eachDeltaBigInt = (reader: Reader, count: number, each: (value: bigint, i: number) => void): void => {
  const { bytes } = reader
  const { miniblocks, miniblockSize } = readHeader(reader, count)
  const zigzag = (): bigint => {
    let value = 0n
    for (let factor = 1n; ; factor *= DIGITS) {
      if (reader.at >= bytes.length || factor > 1n << 63n) throw new RangeError('a number beyond the end of its page')
      const next = bytes[reader.at++]
      value += BigInt(next & 127) * factor
      if (next < 128) return value % 2n === 0n ? value / 2n : -(value + 1n) / 2n
    }
  }
  /** The packed bits that begin `bit` bits behind the reader. */
  const packed = (bit: number, width: number): bigint => {
    let value = 0n
    for (let taken = 0; taken < width;) {
      const [at, shift] = [reader.at + ((bit + taken) >>> 3), (bit + taken) & 7]
      const here = Math.min(8 - shift, width - taken)
      value |= BigInt((bytes[at] >> shift) & ((1 << here) - 1)) << BigInt(taken)
      taken += here
    }
    return value
  }
  let value = zigzag()
  const put = (i: number): void => {
    value = BigInt.asIntN(64, value)
    each(value, i)
  }
  if (count > 0) put(0)
  for (let i = 1; i < count;) {
    const least = zigzag()
    readWidths(reader, miniblocks)
    for (let m = 0; m < miniblocks && i < count; m++) {
      const width = widths[m]
      const here = Math.min(miniblockSize, count - i)
      if (width > 64) throw new RangeError('a difference of more than 64 bits')
      const byteCount = (miniblockSize * width) >> 3
      if (reader.at + byteCount > bytes.length) throw new RangeError('packed values reach beyond their page')
      for (let k = 0; k < here; k++) {
        value += least + packed(k * width, width)
        put(i + k)
      }
      reader.at += byteCount
      i += here
    }
  }
}
