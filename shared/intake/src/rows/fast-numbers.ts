import type { Field } from '../formats/block.ts'
import { isAbsent } from '../values/absent.ts'
import { readNumberBytes } from '../values/number-bytes.ts'
import type { Slow } from './fast-texts.ts'

/** How the numbers of a column are read. */
export interface NumberReading {
  /** The byte before decimals in texts. */
  readonly mark: number
  /** Numbers that say that there is none. */
  readonly isNone?: ((value: number) => boolean) | undefined
}

const LONGEST_WORD = 9
const MOST_ASCII = 0x7f

/** Whether a text is a word for "no value", as far as it can be told without more. */
const isWordOfNone = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (to - from > LONGEST_WORD) return false
  let word = ''
  for (let i = from; i < to; i++) {
    if (bytes[i] > MOST_ASCII) return false
    word += String.fromCharCode(bytes[i])
  }
  return isAbsent(word)
}

/**
 * The numbers of a field; NaN where a row has none, and where it is slow.
 * @returns whether the field may have numbers
 */
export const fillNumbers = (field: Field, values: Float64Array, slow: Slow, reading: NumberReading): boolean => {
  switch (field.kind) {
    case 'number':
      values.set(field.values.subarray(0, values.length))
      break
    case 'text':
      numbersOfTexts(field, values, slow, reading.mark)
      break
    case 'value':
      numbersOfValues(field.values, values, slow)
      break
    case 'instant':
      return false
  }
  const { isNone } = reading
  if (isNone !== undefined) for (let row = 0; row < values.length; row++) if (isNone(values[row])) values[row] = NaN
  return true
}

const numbersOfTexts = (
  { bytes, starts, ends }: Extract<Field, { kind: 'text' }>,
  values: Float64Array,
  slow: Slow,
  mark: number,
): void => {
  for (let row = 0; row < values.length; row++) {
    const from = starts[row]
    const to = ends[row]
    if (from < 0 || from === to) {
      values[row] = NaN
      continue
    }
    const value = readNumberBytes(bytes, from, to, mark)
    values[row] = value
    if (value !== value && !isWordOfNone(bytes, from, to)) slow[row] = 1
  }
}

const numbersOfValues = (from: readonly unknown[], values: Float64Array, slow: Slow): void => {
  for (let row = 0; row < values.length; row++) {
    const value = from[row]
    values[row] = typeof value === 'number' ? value : NaN
    if (typeof value !== 'number' && value !== undefined && value !== null) slow[row] = 1
  }
}

/** Fills the rows of a column from one of its fields. @returns whether it can */
export type Fill = (field: Field, values: Float64Array, slow: Slow) => boolean

/** Where further fields of a column are read. */
export interface MergeRoom {
  readonly values: (length: number) => Float64Array
  readonly slow: (length: number) => Slow
}

/** Of each row the number of the first of some fields that has one. @returns whether all of them may have numbers */
export const fillFirst = (
  fields: readonly Field[],
  fill: Fill,
  { values, slow }: { readonly values: Float64Array; readonly slow: Slow },
  room: MergeRoom,
): boolean => {
  const [first, ...others] = fields
  if (!fill(first, values, slow)) return false
  for (const other of others) {
    const [more, moreSlow] = [room.values(values.length), room.slow(values.length).fill(0)]
    if (!fill(other, more, moreSlow)) return false
    for (let row = 0; row < values.length; row++) {
      if (values[row] === values[row] || slow[row] === 1) continue
      values[row] = more[row]
      slow[row] = moreSlow[row]
    }
  }
  return true
}
