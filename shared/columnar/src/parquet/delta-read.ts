import { type Reader, readVarint, readZigzag, unpack, unpackWide } from './bit-unpack.ts'

/** DELTA_BINARY_PACKED. https://github.com/apache/parquet-format/blob/master/Encodings.md */

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
  const { bytes } = reader
  const { miniblocks, miniblockSize } = readHeader(reader, count)
  const by = BigInt(divisor)
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
    const whole = value / by
    to[i] = Number(value < 0n && whole * by !== value ? whole - 1n : whole)
  }
  if (count > 0) put(start)
  const end = start + count
  for (let i = start + 1; i < end;) {
    const least = zigzag()
    readWidths(reader, miniblocks)
    for (let m = 0; m < miniblocks && i < end; m++) {
      const width = widths[m]
      const here = Math.min(miniblockSize, end - i)
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
