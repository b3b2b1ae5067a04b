import type { Field } from '../formats/block.ts'
import { readInstantBytes, readWallClockBytes } from '../values/instant-bytes.ts'
import { readNumberBytes } from '../values/number-bytes.ts'
import { instantOfNumber, isWallUnit } from '../values/number-time.ts'
import { createPatternBytes } from '../values/pattern-bytes.ts'
import type { TimeReader } from '../values/read-time.ts'
import type { NumberUnit, TimeReading } from '../values/readings.ts'
import type { Fill } from './fast-numbers.ts'
import { type Slow, type TextField, type TextRoom, textsOf } from './fast-texts.ts'

type ReadText = (bytes: Uint8Array, from: number, to: number) => number

/** Times of texts; NaN where there is none, and where a row is slow. */
const fillTexts = ({ bytes, starts, ends }: TextField, values: Float64Array, slow: Slow, read: ReadText): void => {
  for (let row = 0; row < values.length; row++) {
    const from = starts[row]
    const to = ends[row]
    const value = from < 0 || from === to ? NaN : read(bytes, from, to)
    values[row] = value
    if (value !== value && from < to && from >= 0) slow[row] = 1
  }
}

/** Those of numbers, which are `NaN` where there is none. */
const fillInstants = (
  from: ArrayLike<number>,
  values: Float64Array,
  slow: Slow,
  read: (value: number) => number,
): void => {
  for (let row = 0; row < values.length; row++) {
    const value = read(from[row])
    values[row] = value
    if (value !== value && from[row] === from[row]) slow[row] = 1
  }
}

const floorOf = (value: number): number => (Number.isFinite(value) ? Math.floor(value) + 0 : NaN)

const ZERO = 0x30
/** Of a whole number that a double holds, at most. */
const MOST_DIGITS = 16
/** Of a ns those that are less than a ms. */
const NS_DIGITS = 6

/** Whole numbers of a unit that are texts of more digits than the numbers of other columns have; NaN for other texts. */
const readLongBytes = (bytes: Uint8Array, from: number, to: number, unit: NumberUnit): number => {
  const end = unit === 'ns' ? to - NS_DIGITS : to
  if (end - from > MOST_DIGITS || end <= from) return NaN
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = bytes[i] - ZERO
    if (!(digit >= 0 && digit <= 9)) return NaN
    if (i < end) value = value * 10 + digit
  }
  if (value > Number.MAX_SAFE_INTEGER) return NaN
  return unit === 'ns' ? value : unit === 'us' ? Math.floor(value / 1e3) : NaN
}

/** How fast the times of an input can be read; undefined where they can't. */
export const timeFill = (
  reading: TimeReading,
  { clock }: TimeReader,
  { mark, room }: { readonly mark: number; readonly room: TextRoom },
): Fill | undefined => {
  const toUtc = clock === undefined ? () => NaN : clock.toUtcPlainly
  switch (reading.kind) {
    case 'instant':
      return (field, values, slow) => {
        if (field.kind !== 'instant' && field.kind !== 'number') return false
        fillInstants(field.values, values, slow, floorOf)
        return true
      }
    case 'number': {
      const { unit } = reading
      const isWall = isWallUnit(unit)
      if (unit === 'digits' || unit === 'digits-yy') return undefined
      const ofNumber = (value: number): number => {
        const ms = instantOfNumber(value, unit)
        return isWall ? (ms === ms ? toUtc(ms) : NaN) : ms + 0
      }
      const ofText: ReadText = (bytes, from, to) => {
        const value = readNumberBytes(bytes, from, to, mark)
        return value === value ? ofNumber(value) : readLongBytes(bytes, from, to, unit)
      }
      return (field, values, slow) => {
        if (field.kind === 'number') fillInstants(field.values, values, slow, ofNumber)
        else if (!fillFromTexts(field, values, slow, ofText, room)) return false
        return true
      }
    }
    case 'iso': {
      const read: ReadText =
        clock === undefined
          ? (bytes, from, to) => readInstantBytes(bytes, from, to, NaN)
          : (bytes, from, to) => {
              const wallMs = readWallClockBytes(bytes, from, to)
              return wallMs === wallMs ? toUtc(wallMs) : readInstantBytes(bytes, from, to, NaN)
            }
      return (field, values, slow) => fillFromTexts(field, values, slow, read, room)
    }
    case 'pattern': {
      const readWall = createPatternBytes(reading.pattern)
      if (readWall === undefined) return undefined
      const read: ReadText = (bytes, from, to) => {
        const wallMs = readWall(bytes, from, to)
        return wallMs === wallMs ? toUtc(wallMs) : NaN
      }
      return (field, values, slow) => fillFromTexts(field, values, slow, read, room)
    }
  }
}

const fillFromTexts = (field: Field, values: Float64Array, slow: Slow, read: ReadText, room: TextRoom): boolean => {
  const texts = textsOf(field, slow, room)
  if (texts === undefined) return false
  fillTexts(texts, values, slow, read)
  return true
}
