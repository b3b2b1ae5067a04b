import type { Positions } from './positions.ts'
import { trimmedText } from './sanitise.ts'

/** Ids are trimmed as bytes: nearly none has blanks around it, and none becomes a string to find that out. */

/** 0 for a byte of ASCII from `!` on, with which most ids begin and end: it is no part of a blank. Without a branch, for loops that must be fast. */
export const mayBeBlank = (byte: number): number => ((byte - 0x21) | byte) & 0x80

const isBlankByte = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/** Whether three bytes are a blank of Unicode: U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000, U+FEFF. */
const isWideBlank = (a: number, b: number, c: number): boolean => {
  if (a === 0xe2 && b === 0x80) return (c >= 0x80 && c <= 0x8a) || c === 0xa8 || c === 0xa9 || c === 0xaf
  return (
    (a === 0xe2 && b === 0x81 && c === 0x9f) ||
    (a === 0xe3 && b === 0x80 && c === 0x80) ||
    (a === 0xe1 && b === 0x9a && c === 0x80) ||
    (a === 0xef && b === 0xbb && c === 0xbf)
  )
}

/** How many bytes the blank has with which the UTF-8 `bytes[from, to)` begins; 0 when it begins with none. */
const blankAtStart = (bytes: Uint8Array, from: number, to: number): number => {
  if (to - from >= 1 && isBlankByte(bytes[from])) return 1
  if (to - from >= 2 && bytes[from] === 0xc2 && bytes[from + 1] === 0xa0) return 2
  return to - from >= 3 && isWideBlank(bytes[from], bytes[from + 1], bytes[from + 2]) ? 3 : 0
}

/** The same of its end. */
const blankAtEnd = (bytes: Uint8Array, from: number, to: number): number => {
  if (to - from >= 1 && isBlankByte(bytes[to - 1])) return 1
  if (to - from >= 2 && bytes[to - 2] === 0xc2 && bytes[to - 1] === 0xa0) return 2
  return to - from >= 3 && isWideBlank(bytes[to - 3], bytes[to - 2], bytes[to - 1]) ? 3 : 0
}

/** Whether any id has blanks around it. */
export const hasBlankIds = ({ length, vehicleIdOffsets: at, vehicleIdBytes: bytes }: Positions): boolean => {
  for (let i = 0; i < length; i++) {
    if (blankAtStart(bytes, at[i], at[i + 1]) > 0 || blankAtEnd(bytes, at[i], at[i + 1]) > 0) return true
  }
  return false
}

/** The same rows, their ids and types without the blanks around them: copies of the texts. */
export const trimmedRows = (rows: Positions): Positions => {
  const { length, vehicleIdOffsets: at, vehicleIdBytes: bytes } = rows
  const vehicleIdOffsets = new Int32Array(length + 1)
  const vehicleIdBytes = new Uint8Array(at[length] - at[0])
  let end = 0
  for (let i = 0; i < length; i++) {
    let [from, to] = [at[i], at[i + 1]]
    for (let blank = 1; blank > 0; from += blank) blank = blankAtStart(bytes, from, to)
    for (let blank = 1; blank > 0; to -= blank) blank = blankAtEnd(bytes, from, to)
    vehicleIdBytes.set(bytes.subarray(from, to), end)
    end += to - from
    vehicleIdOffsets[i + 1] = end
  }
  return { ...rows, vehicleIdOffsets, vehicleIdBytes, vehicleTypes: rows.vehicleTypes.map(trimmedText) }
}
