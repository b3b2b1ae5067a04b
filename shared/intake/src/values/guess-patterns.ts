import { LONGEST_TIME, OFFSET } from './written-time.ts'
import { MONTH_NAME, WEEKDAY_NAME } from './time-pattern.ts'

/** Patterns that a text may be written by. */
export interface Guess {
  /** Two that differ in the order of day and month, one, or none. */
  readonly patterns: readonly string[]
  /** Such as are taken only where a person says so: with two digits of a year, or an abbreviation of a zone. */
  readonly unsure: readonly string[]
}

const NONE: Guess = { patterns: [], unsure: [] }

type Kind =
  | 'clock'
  | 'date'
  | 'year-first'
  | 'short-date'
  | 'month'
  | 'weekday'
  | 'year'
  | 'number'
  | 'zone'
  | 'name'
  | 'between'

/** In the order in which they are tried, each where the one before has ended. */
const PARTS: readonly (readonly [Kind, RegExp])[] = [
  ['clock', /\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,12})?)?(?:\s?[ap]\.?m\b\.?)?/iy],
  ['date', /\d{1,2}([-/. ])\d{1,2}\1\d{4}(?!\d)/y],
  ['year-first', /\d{4}([-/. ])\d{1,2}\1\d{1,2}(?!\d)/y],
  ['short-date', /\d{1,2}([-/.])\d{1,2}\1\d{2}(?!\d)/y],
  ['month', new RegExp(String.raw`(?:${MONTH_NAME})\b\.?`, 'iy')],
  ['weekday', new RegExp(String.raw`(?:${WEEKDAY_NAME})\b\.?`, 'iy')],
  ['year', /\d{4}(?!\d)/y],
  ['number', /\d{1,2}(?!\d)/y],
  ['zone', new RegExp(String.raw`${OFFSET}(?=\s|$)`, 'iy')],
  ['name', /[A-Z]{2,5}\b/y],
  ['between', /T(?=\d)|\s+|[^\p{L}\p{N}\s[\]]+/uy],
]

interface Part {
  readonly kind: Kind
  readonly text: string
}

const partsOf = (text: string): Part[] | undefined => {
  const parts: Part[] = []
  for (let at = 0; at < text.length;) {
    const found = PARTS.find(([kind, regExp]) => {
      // An offset follows a clock or a zone's blank; a dash before a number is none.
      if (kind === 'zone' && !parts.some((part) => part.kind === 'clock')) return false
      regExp.lastIndex = at
      return regExp.test(text)
    })
    if (found === undefined) return undefined
    const end = found[1].lastIndex
    parts.push({ kind: found[0], text: text.slice(at, end) })
    at = end
  }
  return parts
}

const clockPattern = (text: string): string => {
  const half = /(\s?)[ap]\.?m\.?$/i.exec(text)
  const hasSeconds = text.split(':').length > 2
  return `${half === null ? 'HH' : 'hh'}:mm${hasSeconds ? ':ss' : ''}${half === null ? '' : `${half[1]}A`}`
}

const separatorOf = (text: string): string => /\D/.exec(text)![0]

/** Of a date of three numbers: the orders of day and month that may be. */
const datePatterns = (text: string, year: string): string[] => {
  const by = separatorOf(text)
  return [`DD${by}MM${by}${year}`, `MM${by}DD${by}${year}`]
}

/** Numbers beside a month's name: the day, and the year if it has two digits. */
const numberPatterns = (parts: readonly Part[]): string[] | undefined => {
  const hasYear = parts.some(({ kind }) => kind === 'year')
  const numbers = parts.filter(({ kind }) => kind === 'number').length
  if (!parts.some(({ kind }) => kind === 'month') || numbers !== (hasYear ? 1 : 2)) return undefined
  return hasYear ? ['DD'] : ['DD', 'YY']
}

const isOnce = (parts: readonly Part[], ...kinds: readonly Kind[]): boolean =>
  parts.filter(({ kind }) => kinds.includes(kind)).length <= 1

/** The patterns of a time that is not as ISO has it: with day or month first, a month's name, AM or PM. */
export const guessPatterns = (text: string): Guess => {
  const parts = text.length > LONGEST_TIME ? undefined : partsOf(text)
  if (parts === undefined) return NONE
  const hasDate = parts.some(({ kind }) => kind === 'date' || kind === 'year-first' || kind === 'short-date')
  const numbers = hasDate ? [] : numberPatterns(parts)
  const isSound =
    numbers !== undefined &&
    isOnce(parts, 'clock') &&
    isOnce(parts, 'zone', 'name') &&
    isOnce(parts, 'weekday') &&
    (hasDate
      ? isOnce(parts, 'date', 'year-first', 'short-date') &&
        !parts.some(({ kind }) => kind === 'month' || kind === 'year' || kind === 'number')
      : isOnce(parts, 'month') && isOnce(parts, 'year'))
  if (!isSound) return NONE
  const left = [...numbers]
  const patterns = parts.reduce<string[]>(
    (all, part) => {
      const next = piecesOf(part, left)
      return all.flatMap((before) => next.map((piece) => before + piece))
    },
    [''],
  )
  const isUnsure = parts.some(({ kind }) => kind === 'short-date' || kind === 'name') || numbers.length === 2
  return isUnsure ? { patterns: [], unsure: patterns } : { patterns, unsure: [] }
}

/** @param numbers what the numbers that are left are, in their order; those that are used are taken out */
const piecesOf = ({ kind, text }: Part, numbers: string[]): string[] => {
  switch (kind) {
    case 'clock':
      return [clockPattern(text)]
    case 'date':
      return datePatterns(text, 'YYYY')
    case 'short-date':
      return datePatterns(text, 'YY')
    case 'year-first':
      return [`YYYY${separatorOf(text)}MM${separatorOf(text)}DD`]
    case 'month':
      return ['MMM']
    case 'weekday':
      return ['ddd']
    case 'year':
      return ['YYYY']
    case 'number':
      return [numbers.shift()!]
    case 'zone':
      return ['Z']
    case 'name':
      return [`[${text}]`]
    case 'between':
      return [text]
  }
}
