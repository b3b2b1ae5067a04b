import { pack, unpack } from './bits.ts'
import { type Bytes, type Reader, readVarint } from './bytes.ts'

/** RLE and bit packing, mixed: dictionary indexes and levels. https://github.com/apache/parquet-format/blob/master/Encodings.md */

const group = new Int32Array(8)

/** RLE_DICTIONARY indexes: the bit width, then runs of 8 and more as RLE, the rest bit-packed in eights. */
export function dictionaryIndexes(out: Bytes, codes: Int32Array, width: number, from: number, to: number): void {
  out.byte(width)
  runs(out, codes, width, from, to)
}

function runs(out: Bytes, codes: Int32Array, width: number, from: number, to: number): void {
  const valueBytes = (width + 7) >> 3
  let packedFrom = from
  let i = from
  while (i < to) {
    const value = codes[i]
    let end = i + 1
    while (end < to && codes[end] === value) end++
    if (end - i >= 8) {
      packGroups(out, codes, packedFrom, i, width)
      out.varint((end - i) * 2)
      for (let b = 0; b < valueBytes; b++) out.byte((value >>> (8 * b)) & 0xff)
      packedFrom = i = end
    } else i += 8
  }
  packGroups(out, codes, packedFrom, to, width)
}

/** Only the page's last group may be padded; every other call covers whole groups of 8. */
function packGroups(out: Bytes, codes: Int32Array, from: number, to: number, width: number): void {
  if (to <= from) return
  const groups = Math.ceil((to - from) / 8)
  out.varint(groups * 2 + 1)
  out.reserve(groups * width + 8)
  const whole = Math.floor((to - from) / 8) * 8
  if (whole) pack(out, codes, from, whole, width)
  if (from + whole < to) {
    group.fill(0)
    group.set(codes.subarray(from + whole, to))
    pack(out, group, 0, 8, width)
  }
}

/** Definition levels of a page: 1 where there is a value. Without nulls one run tells it. */
export function definitionLevels(out: Bytes, present: Int32Array | undefined, from: number, to: number): void {
  if (present === undefined) {
    out.varint((to - from) * 2)
    out.byte(1)
  } else runs(out, present, 1, from, to)
}

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
