import type { Bytes } from './bytes.ts'

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
