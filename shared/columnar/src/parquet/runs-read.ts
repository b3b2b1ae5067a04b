import { type Reader, readVarint, unpack } from './bit-unpack.ts'

/** `count` values of RLE's and bit packing's mixture (dictionary indexes, levels), of `width` bits each. */
export const readRuns = (reader: Reader, width: number, to: Int32Array, start: number, count: number): void => {
  const end = start + count
  const valueBytes = (width + 7) >> 3
  if (width > 32) throw new RangeError('indexes of more than 32 bits')
  for (let i = start; i < end;) {
    if (reader.at >= reader.bytes.length) throw new RangeError('runs end before their page does')
    const head = readVarint(reader)
    if ((head & 1) === 1) {
      const packed = (head >>> 1) * 8
      const here = Math.min(packed, end - i)
      // The last group of a page may be cut after its last value.
      const there = width === 0 ? packed : Math.floor(((reader.bytes.length - reader.at) * 8) / width)
      unpack(reader, { width, packed: Math.min(packed, Math.max(here, there)), count: here }, to, i)
      i += here
    } else {
      let value = 0
      for (let b = 0; b < valueBytes; b++) value |= reader.bytes[reader.at++] << (8 * b)
      const here = Math.min(head >>> 1, end - i)
      if (here === 0) throw new RangeError('a run of no values')
      to.fill(value, i, i + here)
      i += here
    }
  }
}
