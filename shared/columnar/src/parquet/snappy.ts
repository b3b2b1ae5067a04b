import { copyWithin } from './lz4.ts'

/**
 * Unpacks a Snappy block. https://github.com/google/snappy/blob/main/format_description.txt
 * @throws RangeError unless it fills `to` exactly
 */
export const unpackSnappy = (bytes: Uint8Array, to: Uint8Array): void => {
  let [at, end] = [0, 0]
  const number = (count: number): number => {
    if (at + count > bytes.length) throw new RangeError('a Snappy block ends too early')
    let value = 0
    for (let i = 0; i < count; i++) value += bytes[at++] * 2 ** (8 * i)
    return value
  }
  let claimed = 0
  for (let factor = 1; ; factor *= 128) {
    const next = number(1)
    claimed += (next & 127) * factor
    if (next < 128) break
  }
  if (claimed !== to.length) throw new RangeError(`a Snappy block of ${claimed} bytes in a page of ${to.length}`)
  while (at < bytes.length) {
    const tag = bytes[at++]
    if ((tag & 3) === 0) {
      const few = tag >> 2
      const length = (few < 60 ? few : number(few - 59)) + 1
      if (at + length > bytes.length || end + length > to.length) throw new RangeError('a Snappy literal is too long')
      to.set(bytes.subarray(at, at + length), end)
      at += length
      end += length
    } else {
      const isShort = (tag & 3) === 1
      const length = isShort ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
      const offset = isShort ? (tag >> 5) * 256 + number(1) : number((tag & 3) === 2 ? 2 : 4)
      end = copyWithin(to, end, offset, length)
    }
  }
  if (end !== to.length) throw new RangeError('a Snappy block has fewer bytes than it says')
}
