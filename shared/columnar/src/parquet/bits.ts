import type { Bytes, Reader } from './bytes.ts'

/** Bit-packs `count` (a multiple of 32, or of 8 with the buffer reserved to the next word) values, least significant bit first. */
export function pack(out: Bytes, values: Uint32Array | Int32Array, start: number, count: number, width: number): void {
  const { view } = out
  let at = out.length
  let word = 0
  let used = 0
  for (let i = start, end = start + count; i < end; i++) {
    const value = values[i]
    word |= value << used
    used += width
    if (used >= 32) {
      view.setInt32(at, word, true)
      at += 4
      used -= 32
      word = used ? value >>> (width - used) : 0
    }
  }
  if (used) view.setInt32(at, word, true)
  out.length += (count * width) >>> 3
}

/** Room after the last packed value that a word may reach into. */
const WORD_BYTES = 8
const tail = { bytes: new Uint8Array(0), view: new DataView(new ArrayBuffer(0)) }

/**
 * The bytes of packed values, followed by room for one word: those in place, or a copy where they end with the page.
 * @returns a view, and where in it they begin
 */
const withRoom = (reader: Reader, byteCount: number): { readonly view: DataView; readonly at: number } => {
  const { bytes, at } = reader
  if (at + byteCount > bytes.length) throw new RangeError('packed values reach beyond the end of their page')
  if (at + byteCount + WORD_BYTES <= bytes.length) return { view: reader.view, at }
  if (tail.bytes.length < byteCount + WORD_BYTES) {
    tail.bytes = new Uint8Array(2 * (byteCount + WORD_BYTES))
    tail.view = new DataView(tail.bytes.buffer)
  }
  tail.bytes.set(bytes.subarray(at, at + byteCount))
  return { view: tail.view, at: 0 }
}

/**
 * Unpacks values of up to 32 bits, least significant bit first, and goes on behind the whole bytes that `packed` of them take.
 * @param count of the values that are wanted, at most `packed`
 */
export const unpack = (
  reader: Reader,
  { width, packed, count }: { readonly width: number; readonly packed: number; readonly count: number },
  to: Uint32Array | Int32Array,
  start: number,
): void => {
  const byteCount = Math.ceil((packed * width) / 8)
  const { view, at } = withRoom(reader, byteCount)
  reader.at += byteCount
  if (width <= 25) {
    const mask = (1 << width) - 1
    for (let i = 0, bit = at * 8; i < count; i++, bit += width) {
      to[start + i] = (view.getUint32(bit >>> 3, true) >>> (bit & 7)) & mask
    }
    return
  }
  const mask = width === 32 ? -1 : (1 << width) - 1
  for (let i = 0, bit = at * 8; i < count; i++, bit += width) {
    const shift = bit & 7
    const low = view.getUint32(bit >>> 3, true) >>> shift
    const high = shift === 0 ? 0 : view.getUint8((bit >>> 3) + 4) << (32 - shift)
    to[start + i] = (low | high) & mask
  }
}

/** As `unpack`, for 33 to 64 bits; exact up to 2^53. */
export const unpackWide = (
  reader: Reader,
  { width, packed, count }: { readonly width: number; readonly packed: number; readonly count: number },
  to: Float64Array,
): void => {
  const byteCount = Math.ceil((packed * width) / 8)
  if (reader.at + byteCount > reader.bytes.length) throw new RangeError('packed values reach beyond their page')
  const { bytes } = reader
  for (let i = 0; i < count; i++) {
    let value = 0
    let [factor, left, bit] = [1, width, reader.at * 8 + i * width]
    while (left > 0) {
      const taken = Math.min(8 - (bit & 7), left)
      value += ((bytes[bit >>> 3] >> (bit & 7)) & ((1 << taken) - 1)) * factor
      factor *= 2 ** taken
      left -= taken
      bit += taken
    }
    to[i] = value
  }
  reader.at += byteCount
}
