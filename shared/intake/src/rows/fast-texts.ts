import { reuseArray, type Reused } from '@fleetlake/core'
import type { Field } from '../formats/block.ts'
import { isAbsent } from '../values/absent.ts'

export type TextField = Extract<Field, { kind: 'text' }>

/** Arrays for the texts that are made of one field; they are filled for each block again. */
export interface TextRoom {
  readonly bytes: Reused<Uint8Array>
  readonly starts: Reused<Int32Array>
  readonly ends: Reused<Int32Array>
}

export const createTextRoom = (): TextRoom => ({
  bytes: reuseArray((length) => new Uint8Array(length)),
  starts: reuseArray((length) => new Int32Array(length)),
  ends: reuseArray((length) => new Int32Array(length)),
})

/** Rows that need the slower way; see `FastColumns`. */
export type Slow = Uint8Array

/** Of a whole number that a double holds. */
const MOST_DIGITS = 17
const ZERO = 0x30
const MINUS = 0x2d
const BLANK = 0x20
const BYTES_OF_CHARACTER = 3

/** Writes a whole number as decimal digits. @returns where they end */
const writeWhole = (value: number, bytes: Uint8Array, from: number): number => {
  let at = from
  if (value < 0) bytes[at++] = MINUS
  let left = Math.abs(value)
  let end = at + 1
  for (let power = 10; left >= power; power *= 10) end++
  for (let i = end - 1; i >= at; i--) {
    const next = Math.floor(left / 10)
    bytes[i] = ZERO + left - 10 * next
    left = next
  }
  return end
}

const textsOfNumbers = (values: ArrayLike<number>, slow: Slow, room: TextRoom): TextField => {
  const rows = slow.length
  const bytes = room.bytes(rows * MOST_DIGITS)
  const [starts, ends] = [room.starts(rows), room.ends(rows)]
  let at = 0
  for (let row = 0; row < rows; row++) {
    const value = values[row]
    starts[row] = -1
    if (Number.isSafeInteger(value)) {
      starts[row] = at
      ends[row] = at = writeWhole(value, bytes, at)
    } else if (value === value) slow[row] = 1
  }
  return { kind: 'text', bytes, starts, ends }
}

const charactersOf = (values: readonly unknown[], rows: number): number => {
  let characters = 0
  for (let row = 0; row < rows; row++) {
    const value = values[row]
    characters += typeof value === 'string' ? value.length : MOST_DIGITS
  }
  return characters
}

const utf8 = new TextEncoder()

/** Writes a text as UTF-8. @returns where it ends; -1 for one with half a character, which UTF-8 does not have */
const writeText = (text: string, bytes: Uint8Array, from: number): number => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return text.isWellFormed() ? from + (utf8.encodeInto(text, bytes.subarray(from)).written ?? 0) : -1
    bytes[from + i] = code
  }
  return from + text.length
}

const textsOfValues = (values: readonly unknown[], slow: Slow, room: TextRoom): TextField => {
  const rows = slow.length
  const bytes = room.bytes(charactersOf(values, rows) * BYTES_OF_CHARACTER)
  const [starts, ends] = [room.starts(rows), room.ends(rows)]
  let at = 0
  for (let row = 0; row < rows; row++) {
    const value = values[row]
    starts[row] = -1
    if (value === undefined || value === null) continue
    let end = -1
    if (typeof value === 'string') end = writeText(value, bytes, at)
    else if (typeof value === 'number' && Number.isSafeInteger(value)) end = writeWhole(value, bytes, at)
    else if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) end = writeText(String(value), bytes, at)
    if (end < 0) slow[row] = 1
    else {
      starts[row] = at
      ends[row] = at = end
    }
  }
  return { kind: 'text', bytes, starts, ends }
}

/** The values of a field as texts: whole numbers by their digits. Rows whose value is neither are slow; those without one have no text. */
export const textsOf = (field: Field, slow: Slow, room: TextRoom): TextField | undefined => {
  switch (field.kind) {
    case 'text':
      return field
    case 'number':
      return textsOfNumbers(field.values, slow, room)
    case 'value':
      return textsOfValues(field.values, slow, room)
    case 'instant':
      return undefined
  }
}

const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Of each row the text of the first of some fields that has one. Rows with a word for "no value" are slow. @returns undefined where the bytes of the fields lie apart */
export const firstTexts = (fields: readonly TextField[], slow: Slow, room: TextRoom): TextField | undefined => {
  const [first, ...others] = fields
  if (others.length === 0) return first
  const { bytes } = first
  if (others.some((other) => other.bytes !== bytes)) return undefined
  const rows = slow.length
  const [starts, ends] = [room.starts(rows), room.ends(rows)]
  for (let row = 0; row < rows; row++) {
    starts[row] = -1
    for (const field of fields) {
      const start = field.starts[row]
      const end = field.ends[row]
      if (start < 0 || start === end) continue
      starts[row] = start
      ends[row] = end
      if (isAbsent(fromUtf8.decode(bytes.subarray(start, end)))) slow[row] = 1
      break
    }
  }
  return { kind: 'text', bytes, starts, ends }
}

/** The texts of two fields with a blank between them; none where one is missing. */
export const joinedTexts = (a: TextField, b: TextField, rows: number, room: TextRoom): TextField => {
  let length = 0
  for (let row = 0; row < rows; row++) length += a.ends[row] - a.starts[row] + b.ends[row] - b.starts[row] + 3
  const bytes = room.bytes(length)
  const [starts, ends] = [room.starts(rows), room.ends(rows)]
  let at = 0
  for (let row = 0; row < rows; row++) {
    const from = a.starts[row]
    const to = a.ends[row]
    const then = b.starts[row]
    const end = b.ends[row]
    starts[row] = -1
    if (from < 0 || then < 0 || from === to || then === end) continue
    starts[row] = at
    for (let i = from; i < to; i++) bytes[at++] = a.bytes[i]
    bytes[at++] = BLANK
    for (let i = then; i < end; i++) bytes[at++] = b.bytes[i]
    ends[row] = at
  }
  return { kind: 'text', bytes, starts, ends }
}
