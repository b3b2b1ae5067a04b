import { parseDateTime } from '../../values/date-time.ts'
import { parseDecimal } from '../building/parse-decimal.ts'

/** A sentence of NMEA 0183 as it stands in a line of a file. */
export interface Sentence {
  /** `$` or, of what is encapsulated, such as AIS, `!`. */
  readonly start: string
  /** Who speaks and of what: `GPRMC`. */
  readonly address: string
  /** What follows the address. */
  readonly fields: readonly string[]
  /** What the line says of its time, outside of the sentence; local time as ISO text where its zone is not said. */
  readonly stamp: number | string | undefined
  /** Of its TAG block. */
  readonly tags: Readonly<Record<string, string>>
}

export type SentenceFault = 'malformed' | 'checksum'

/** A TAG block before a sentence: `\s:station,c:1577836800*hh\`. */
const TAG_BLOCK = /\\([^\\]{0,255})\\/g
/** One with a checksum ends there; one without ends with the line. One that breaks off before another one of the line is not found. */
const SENTENCE = /([$!])(([A-Z][A-Za-z0-9]{2,11})(?:,([^*$!]*))?)(?:\*([0-9A-Fa-f]{2})(.*))?$/s

/**
 * The sentence of a line, wherever it stands in it; checksums are verified where there are any.
 * @returns undefined for a blank line and a comment
 */
export const parseSentence = (line: string): Sentence | SentenceFault | undefined => {
  const found = SENTENCE.exec(line)
  if (found === null) return /^\s*(?:$|#|\/\/)/.test(line) ? undefined : 'malformed'
  const [whole, start, sentence, address, content = '', checksum, behind = ''] = found
  if (checksum !== undefined && checksumOf(sentence) !== Number.parseInt(checksum, 16)) return 'checksum'
  const before = line.slice(0, line.length - whole.length)
  const tags: Record<string, string> = {}
  for (const [, block] of before.matchAll(TAG_BLOCK)) {
    const [text, sum] = block.split('*')
    if (sum !== undefined && checksumOf(text) !== Number.parseInt(sum, 16)) return 'checksum'
    for (const tag of text.split(',')) {
      const colon = tag.indexOf(':')
      if (colon > 0) tags[tag.slice(0, colon)] = tag.slice(colon + 1)
    }
  }
  const stamp = epochMs(tags['c']) ?? lastStamp(behind) ?? firstStamp(before.replaceAll(TAG_BLOCK, ' '))
  return { start, address, fields: content.split(','), stamp, tags }
}

export const checksumOf = (text: string): number => {
  let sum = 0
  for (let i = 0; i < text.length; i++) sum ^= text.charCodeAt(i)
  return sum
}

/** Seconds since 1970 until the year 5138; ms and µs since 1973 beyond that. */
const epochMs = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d{9,17}(?:\.\d+)?$/.test(text)) return undefined
  const value = Number(text)
  if (value < 1e11) return Math.round(value * 1000)
  return value < 1e14 ? Math.round(value) : Math.round(value / 1000)
}

const stampOf = (text: string): number | string | undefined => epochMs(text) ?? parseDateTime(text)
/** A date and a time, or a number of digits enough for an instant. */
const STAMP =
  /\d{4}[-/]\d\d[-/]\d\d[Tt ]+\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: *(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?|(?<![\d.])\d{9,17}(?:\.\d+)?(?![\d.])/gi

const stampsIn = (text: string): (number | string)[] =>
  [...text.matchAll(STAMP)].map(([found]) => stampOf(found)).filter((stamp) => stamp !== undefined)

/** Behind a sentence stand the station and other things, then the time. */
const lastStamp = (text: string): number | string | undefined =>
  text.trim() === '' ? undefined : stampsIn(text).at(-1)
const firstStamp = (text: string): number | string | undefined => (text.trim() === '' ? undefined : stampsIn(text)[0])

/** `hhmmss.sss` as ms of the day. */
export const parseTimeOfDay = (text: string | undefined): number | undefined => {
  const parts = /^(\d\d)(\d\d)(\d\d)(?:\.(\d*))?$/.exec(text ?? '')
  if (parts === null) return undefined
  const [hour, minute, second] = [parts[1], parts[2], parts[3]].map(Number)
  if (hour > 23 || minute > 59 || second > 60) return undefined
  return ((hour * 60 + minute) * 60 + second) * 1000 + Number((parts[4] ?? '').slice(0, 3).padEnd(3, '0'))
}

/** `ddmm.mmmm` with N, S, E or W as degrees. */
export const parseAngle = (text: string | undefined, hemisphere: string | undefined): number | undefined => {
  const parts = /^(\d{1,3}?)(\d\d(?:\.\d*)?)$/.exec(text ?? '')
  if (parts === null || !/^[NSEW]$/.test(hemisphere ?? '')) return undefined
  const minutes = Number(parts[2])
  if (minutes >= 60) return undefined
  const degrees = Number(parts[1]) + minutes / 60
  return hemisphere === 'S' || hemisphere === 'W' ? -degrees : degrees
}

const METERS_PER_SECOND = 1852 / 3600
/** Knots as m/s. */
export const parseKnots = (text: string | undefined): number | undefined => {
  const knots = parseDecimal(text)
  return knots === undefined ? undefined : knots * METERS_PER_SECOND
}
