import { copyWithin } from './lz4.ts'

/** Up to so many bytes a loop is faster than what copies many. */
const FEW_BYTES = 48

/**
 * Unpacks a Snappy block. https://github.com/google/snappy/blob/main/format_description.txt
 * @throws RangeError unless it fills `to` exactly
 */
export const unpackSnappy = (bytes: Uint8Array, to: Uint8Array): void => {
  const { length: size } = bytes
  let [at, end] = [0, 0]
  let claimed = 0
  for (let factor = 1; ; factor *= 128) {
    if (at >= size) throw tooShort()
    const next = bytes[at++]
    claimed += (next & 127) * factor
    if (next < 128) break
  }
  if (claimed !== to.length) throw new RangeError(`a Snappy block of ${claimed} bytes in a page of ${to.length}`)
  while (at < size) {
    const tag = bytes[at++]
    if ((tag & 3) === 0) {
      let length = (tag >> 2) + 1
      if (length > 60) {
        const width = length - 60
        if (at + width > size) throw tooShort()
        length = 1
        for (let i = 0; i < width; i++) length += bytes[at++] * 2 ** (8 * i)
      }
      if (at + length > size || end + length > claimed) throw new RangeError('a Snappy literal is too long')
      if (length > FEW_BYTES) to.set(bytes.subarray(at, at + length), end)
      else for (let i = 0; i < length; i++) to[end + i] = bytes[at + i]
      at += length
      end += length
      continue
    }
    const width = (tag & 3) === 3 ? 4 : tag & 3
    if (at + width > size) throw tooShort()
    let length = (tag >> 2) + 1
    let offset = bytes[at]
    if (width === 1) {
      length = ((tag >> 2) & 7) + 4
      offset += (tag >> 5) * 256
    } else {
      offset += bytes[at + 1] * 256
      if (width === 4) offset += bytes[at + 2] * 65_536 + bytes[at + 3] * 16_777_216
    }
    at += width
    end = copyWithin(to, end, offset, length)
  }
  if (end !== claimed) throw new RangeError('a Snappy block has fewer bytes than it says')
}

const tooShort = (): RangeError => new RangeError('a Snappy block ends too early')
