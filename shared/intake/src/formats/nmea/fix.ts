import { utcDate } from '../../values/calendar.ts'
import { parseDecimal } from '../building/parse-decimal.ts'
import { parseAngle, parseKnots, parseTimeOfDay, type Sentence } from './sentence.ts'

/** What one sentence says of a position. */
export interface Fix {
  /** Of the sentence: RMC, GGA, GLL, VTG or ZDA. */
  readonly kind: string
  /** Ms of the day, UTC; undefined where the sentence has no time. */
  readonly timeOfDay: number | undefined
  /** Midnight UTC, ms since 1970. */
  readonly date?: number | undefined
  readonly longitude?: number | undefined
  readonly latitude?: number | undefined
  /** m/s */
  readonly speed?: number | undefined
  /** Degrees from true north. */
  readonly heading?: number | undefined
  /** Above mean sea level, m. */
  readonly altitude?: number | undefined
  readonly fixQuality?: number | undefined
  readonly satellites?: number | undefined
  readonly hdop?: number | undefined
}

/** The kind of a sentence, whoever speaks: the last three letters; undefined for a manufacturer's own. */
export const kindOf = ({ start, address }: Sentence): string | undefined =>
  start === '$' && address.length === 5 && !address.startsWith('P') ? address.slice(2) : undefined

/** @returns undefined for a sentence that says nothing of a position; 'malformed' for one that breaks off, or whose time or date is none */
export const fixOf = (sentence: Sentence): Fix | 'malformed' | undefined => {
  const kind = kindOf(sentence)
  const read = kind === undefined ? undefined : READ[kind]
  if (read === undefined) return undefined
  const [fewest, timeAt, fixIn] = read
  const { fields } = sentence
  const timeText = timeAt === undefined ? '' : fields[timeAt]
  if (fields.length < fewest) return 'malformed'
  const timeOfDay = parseTimeOfDay(timeText)
  if (timeText !== '' && timeOfDay === undefined) return 'malformed'
  const fix = fixIn(fields)
  return fix === 'malformed' ? fix : { kind: kind!, timeOfDay, ...fix }
}

type Values = Omit<Fix, 'kind' | 'timeOfDay'>

const place = ([latitude, north, longitude, east]: readonly string[]): Values => ({
  latitude: parseAngle(latitude, north),
  longitude: parseAngle(longitude, east),
})

/** By kind: the fields that a whole sentence has at least, where its time is, and what it says. A value counts only with the mark that follows it. */
const READ: Readonly<
  Record<
    string,
    readonly [fewest: number, timeAt: number | undefined, read: (fields: readonly string[]) => Values | 'malformed']
  >
> = {
  RMC: [
    9,
    0,
    (fields) => {
      const date = dateOf(fields[8])
      if (date === undefined && fields[8] !== '') return 'malformed'
      // "N" in the mode of newer receivers: no fix.
      if (fields[1] !== 'A' || fields[11] === 'N') return { date }
      return { date, ...place(fields.slice(2)), speed: parseKnots(fields[6]), heading: parseDecimal(fields[7]) }
    },
  ],
  GGA: [
    9,
    0,
    (fields) => {
      const fixQuality = parseDecimal(fields[5])
      if (fixQuality === undefined || fixQuality === 0) return {}
      return {
        ...place(fields.slice(1)),
        fixQuality,
        satellites: parseDecimal(fields[6]),
        hdop: parseDecimal(fields[7]),
        altitude: fields[9] === 'M' ? parseDecimal(fields[8]) : undefined,
      }
    },
  ],
  GLL: [5, 4, (fields) => (fields[5] === 'V' || fields[6] === 'N' ? {} : place(fields))],
  VTG: [
    7,
    undefined,
    (fields) => {
      if (fields[8] === 'N') return {}
      return {
        heading: fields[1] === 'T' ? parseDecimal(fields[0]) : undefined,
        speed: fields[5] === 'N' ? parseKnots(fields[4]) : undefined,
      }
    },
  ],
  ZDA: [
    4,
    0,
    ([, day, month, year]) => {
      if (day === '' && month === '' && year === '') return {}
      const isDate = /^\d\d?$/.test(day) && /^\d\d?$/.test(month) && /^\d{4}$/.test(year)
      const date = isDate ? utcDate(Number(year), Number(month), Number(day)) : undefined
      return date === undefined ? 'malformed' : { date }
    },
  ],
}

/** `ddmmyy`: 1980 to 2079. */
const dateOf = (text: string): number | undefined => {
  const parts = /^(\d\d)(\d\d)(\d\d)$/.exec(text)
  if (parts === null) return undefined
  const [day, month, year] = parts.slice(1).map(Number)
  return utcDate(year + (year < 80 ? 2000 : 1900), month, day)
}
