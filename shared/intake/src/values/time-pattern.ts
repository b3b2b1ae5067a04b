import { FleetError } from '@fleetlake/core'
import { LONGEST_TIME, millisecondOf, OFFSET, offsetOf, type TimeFormat } from './written-time.ts'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const

/** English, short and long, also `Sept`; a point may follow the short one. */
export const MONTH_NAME: string =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'
export const WEEKDAY_NAME: string =
  'mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?'

interface Token {
  /** What it is a part of; no two of a pattern are of one. */
  readonly part: string
  readonly source: string
  /** Beside other digits, where only a fixed number of them tells the parts apart; missing for what has no digits, or no fixed number. */
  readonly fixed?: string
}

const upTo2 = (part: string): Token => ({
  part,
  source: String.raw`(?<${part}>\d{1,2})`,
  fixed: String.raw`(?<${part}>\d{2})`,
})

const TOKENS: Readonly<Record<string, Token>> = {
  YYYY: { part: 'year', source: String.raw`(?<year>\d{4})`, fixed: String.raw`(?<year>\d{4})` },
  YY: { part: 'year', source: String.raw`(?<year>\d{2})`, fixed: String.raw`(?<year>\d{2})` },
  MMMM: { part: 'month', source: `(?<name>${MONTH_NAME})\\.?` },
  MMM: { part: 'month', source: `(?<name>${MONTH_NAME})\\.?` },
  MM: upTo2('month'),
  DD: upTo2('day'),
  HH: upTo2('hour'),
  hh: upTo2('hour'),
  mm: { ...upTo2('minute'), source: String.raw`(?<minute>\d{2})` },
  ss: { ...upTo2('second'), source: String.raw`(?<second>\d{2})` },
  SSS: { part: 'fraction', source: String.raw`(?<fraction>\d{1,12})`, fixed: String.raw`(?<fraction>\d{1,12})` },
  A: { part: 'half', source: String.raw`(?<half>[ap])\.?m\.?` },
  Z: { part: 'offset', source: `(?<offset>${OFFSET})` },
  ddd: { part: 'weekday', source: `(?:${WEEKDAY_NAME})\\.?` },
}
/** As people write them too. */
const ALIASES: Readonly<Record<string, string>> = { M: 'MM', D: 'DD', H: 'HH', h: 'hh', a: 'A', dddd: 'ddd' }
const NAMES = [...Object.keys(TOKENS), ...Object.keys(ALIASES)].toSorted((a, b) => b.length - a.length)

const TOKEN_LIST =
  'YYYY, YY, MM, MMM (a month’s name), DD, ddd (a weekday’s name), HH, hh with A (AM or PM), mm, ss, SSS (digits of a fraction), Z (an offset); T stands for itself, and so does what is in brackets, such as [at]'

const refused = (pattern: string, why: string): FleetError =>
  new FleetError('usage.invalid', `--time-format "${pattern}": ${why}; a pattern is made of ${TOKEN_LIST}`)

type Piece = { readonly token: string } | { readonly literal: string }

const lettersOf = (pattern: string, letters: string): Piece[] => {
  const pieces: Piece[] = []
  for (let at = 0; at < letters.length;) {
    const name = NAMES.find((each) => letters.startsWith(each, at))
    if (name === undefined && letters[at] !== 'T') {
      throw refused(pattern, `"${letters}" is not known${at === 0 ? '' : ` from its "${letters[at]}" on`}`)
    }
    pieces.push(name === undefined ? { literal: 'T' } : { token: ALIASES[name] ?? name })
    at += name?.length ?? 1
  }
  return pieces
}

/** Every letter is a part of a token, is the T of ISO, or is in brackets. */
export const piecesOf = (pattern: string): Piece[] =>
  [...pattern.matchAll(/\[([^\]]*)\]|[A-Za-z]+|\s+|[^A-Za-z[\s]+|\[/g)].flatMap(([text, inBrackets]): Piece[] => {
    if (inBrackets !== undefined) return [{ literal: inBrackets }]
    return /^[A-Za-z]/.test(text) ? lettersOf(pattern, text) : [{ literal: text }]
  })

/** A blank is one or a few. */
const literalSource = (literal: string): string =>
  literal
    .split(/\s+/)
    .map(RegExp.escape)
    .join(String.raw`\s{1,3}`)

const check = (pattern: string, tokens: readonly string[]): void => {
  const parts = tokens.map((token) => TOKENS[token].part)
  const twice = parts.find((part, i) => parts.indexOf(part) !== i)
  if (twice !== undefined) throw refused(pattern, `it has the ${twice} twice`)
  const missing = ['year', 'month', 'day'].filter((part) => !parts.includes(part))
  if (missing.length > 0) throw refused(pattern, `it has no ${missing.join(' and no ')}`)
  const isHalfDay = tokens.includes('hh')
  if (isHalfDay !== parts.includes('half')) {
    throw refused(
      pattern,
      isHalfDay
        ? 'hh is the hour of half a day: add A for AM or PM, or write HH for the hour of a day'
        : 'A tells AM from PM: write hh for the hour before it',
    )
  }
}

/** Whether a piece begins or ends with digits: beside another such piece it must have a fixed number of them. */
const hasDigits = (piece: Piece | undefined): boolean => {
  if (piece === undefined) return false
  return 'token' in piece ? TOKENS[piece.token].fixed !== undefined : /\d/.test(piece.literal)
}

const hourOf = (hour: number, half: string | undefined): number => {
  if (half === undefined) return hour
  // There is no such hour in half a day.
  if (hour > 12) return 99
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}

/** Two digits of a year are of 1970 to 2069. */
const yearOf = (digits: string): number =>
  digits.length === 2 ? Number(digits) + (Number(digits) < 70 ? 2000 : 1900) : Number(digits)

/**
 * A format from a pattern. Seconds may have a fraction.
 * @throws FleetError `usage.invalid` for a pattern with letters that are no tokens, without a year, a month or a day, or with one twice
 */
export const formatOfPattern = (pattern: string): TimeFormat => {
  if (pattern.length > LONGEST_TIME) throw refused(`${pattern.slice(0, 20)} …`, 'it is too long')
  const pieces = piecesOf(pattern)
  const tokens = pieces.flatMap((piece) => ('token' in piece ? [piece.token] : []))
  check(pattern, tokens)
  const hasFraction = tokens.includes('SSS')
  const source = pieces.map((piece, i) => {
    if ('literal' in piece) return literalSource(piece.literal)
    const { source: usual, fixed } = TOKENS[piece.token]
    const isBeside = hasDigits(pieces[i - 1]) || hasDigits(pieces[i + 1])
    const own = isBeside && fixed !== undefined ? fixed : usual
    return piece.token === 'ss' && !hasFraction ? String.raw`${own}(?:[.,](?<fraction>\d{1,12}))?` : own
  })
  const regExp = new RegExp(`^${source.join('')}$`, 'i')
  return (text) => {
    const parts = text.length > LONGEST_TIME ? undefined : regExp.exec(text)?.groups
    if (parts === undefined) return undefined
    const offset = parts['offset'] === undefined ? {} : offsetOf(parts['offset'])
    if (offset === undefined) return undefined
    const name = parts['name']?.slice(0, 3).toLowerCase() as (typeof MONTHS)[number] | undefined
    return {
      year: yearOf(parts['year']),
      month: name === undefined ? Number(parts['month']) : MONTHS.indexOf(name) + 1,
      day: Number(parts['day']),
      hour: hourOf(Number(parts['hour'] ?? 0), parts['half']),
      minute: Number(parts['minute'] ?? 0),
      second: Number(parts['second'] ?? 0),
      millisecond: millisecondOf(parts['fraction']),
      ...offset,
    }
  }
}
