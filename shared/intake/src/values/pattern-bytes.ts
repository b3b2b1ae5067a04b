import { DAY_MS, daysOfDate, HOUR_MS, isDay, MINUTE_MS } from './calendar.ts'
import { piecesOf } from './time-pattern.ts'

/** What the wall clock shows by the bytes of a text, as if it were UTC, ms since the epoch; NaN for what is then read in the slower way. */
export type ReadPatternBytes = (bytes: Uint8Array, from: number, to: number) => number

/** The parts of a time that are digits. */
const PARTS = ['YYYY', 'MM', 'DD', 'HH', 'mm', 'ss'] as const
const [YEAR, MONTH, DAY, HOUR, MINUTE, SECOND] = [0, 1, 2, 3, 4, 5]
const ZERO = 0x30
const POINT = 0x2e
const COMMA = 0x2c
const MOST_FRACTION = 12
const MOST_ASCII = 0x7f

interface Step {
  /** A part, or -1 for a mark. */
  readonly part: number
  /** Digits of the part. */
  readonly least: number
  readonly most: number
  readonly mark: number
}

const stepsOf = (pattern: string): readonly Step[] | undefined => {
  const pieces = piecesOf(pattern)
  const steps: Step[] = []
  for (const [i, piece] of pieces.entries()) {
    if ('literal' in piece) {
      for (const mark of piece.literal) {
        const code = mark.charCodeAt(0)
        if (code > MOST_ASCII || /\d/.test(mark)) return undefined
        steps.push({ part: -1, least: 0, most: 0, mark: code })
      }
      continue
    }
    const part = (PARTS as readonly string[]).indexOf(piece.token)
    if (part < 0) return undefined
    const isBeside = [pieces[i - 1], pieces[i + 1]].some((other) => other !== undefined && 'token' in other)
    const mayBeShort = !isBeside && (part === MONTH || part === DAY || part === HOUR)
    steps.push({ part, least: part === YEAR ? 4 : mayBeShort ? 1 : 2, most: part === YEAR ? 4 : 2, mark: 0 })
  }
  return steps
}

/**
 * Reads the times of a pattern of digits, such as `DD/MM/YYYY HH:mm:ss`. Makes no objects.
 * @returns undefined for other patterns
 * @throws FleetError `usage.invalid` for a pattern that can't be
 */
export const createPatternBytes = (pattern: string): ReadPatternBytes | undefined => {
  const steps = stepsOf(pattern)
  if (steps === undefined) return undefined
  const parts = new Int32Array(PARTS.length)
  const endsInSeconds = steps.at(-1)?.part === SECOND

  /** ms of the digits behind seconds, up to the end; NaN for anything else. */
  const fractionOf = (bytes: Uint8Array, from: number, to: number): number => {
    if (from === to) return 0
    const count = to - from - 1
    if (!endsInSeconds || (bytes[from] !== POINT && bytes[from] !== COMMA) || count < 1 || count > MOST_FRACTION)
      return NaN
    let ms = 0
    for (let i = 1; i <= count; i++) {
      const digit = bytes[from + i] - ZERO
      if (!(digit >= 0 && digit <= 9)) return NaN
      if (i <= 3) ms = ms * 10 + digit
    }
    return count === 1 ? ms * 100 : count === 2 ? ms * 10 : ms
  }
  return (bytes, from, to) => {
    parts.fill(0)
    let at = from
    for (let i = 0; i < steps.length; i++) {
      const { part, least, most, mark } = steps[i]
      if (part < 0) {
        if (at >= to || bytes[at++] !== mark) return NaN
        continue
      }
      let value = 0
      let digits = 0
      while (digits < most && at < to) {
        const digit = bytes[at] - ZERO
        if (!(digit >= 0 && digit <= 9)) break
        value = value * 10 + digit
        digits++
        at++
      }
      if (digits < least) return NaN
      parts[part] = value
    }
    const ms = fractionOf(bytes, at, to)
    const year = parts[YEAR]
    const month = parts[MONTH]
    const day = parts[DAY]
    if (!isDay(year, month, day) || parts[HOUR] > 23 || parts[MINUTE] > 59 || parts[SECOND] > 59) return NaN
    return (
      daysOfDate(year, month, day) * DAY_MS +
      parts[HOUR] * HOUR_MS +
      parts[MINUTE] * MINUTE_MS +
      parts[SECOND] * 1_000 +
      ms
    )
  }
}
