import { trimmed } from './trimmed.ts'
import type { Decimal } from './readings.ts'

const PLAIN = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?$/i
const WITH_COMMA = /^[-+]?(?:\d+,?\d*|,\d+)(?:e[-+]?\d{1,3})?$/i
/** Thousands with one and the same mark: a comma or a point, whichever is not the decimal mark; a blank; an apostrophe. */
const GROUPS = {
  '.': /^[-+]?\d{1,3}([,'’ \u00A0\u2009\u202F])\d{3}(?:\1\d{3})*(?:\.\d+)?$/,
  ',': /^[-+]?\d{1,3}([.'’ \u00A0\u2009\u202F])\d{3}(?:\1\d{3})*(?:,\d+)?$/,
} as const
const LONGEST = 400

/** NaN for a text that is no number. Hexadecimal and the like are none. */
export const readNumber = (text: string, decimal: Decimal = '.'): number => {
  if (text.length > LONGEST) return NaN
  const minus = trimmed(text).replace(/^[−–]/, '-')
  if ((decimal === '.' ? PLAIN : WITH_COMMA).test(minus)) return Number(minus.replace(',', '.'))
  if (!GROUPS[decimal].test(minus)) return NaN
  return Number(minus.replaceAll(decimal === '.' ? /[^-+\d.]/g : /[^-+\d,]/g, '').replace(',', '.'))
}

const MARKED = /^\D{0,3}\d[\d., '’\u00A0\u2009\u202F]*\D{0,12}$/

/** What the marks of a number say of its decimal mark; undefined where they say nothing. */
const markOf = (text: string): Decimal | undefined => {
  if (text.length > LONGEST || !MARKED.test(text)) return undefined
  const [comma, point] = [text.lastIndexOf(','), text.lastIndexOf('.')]
  if (comma >= 0 && point >= 0) return comma > point ? ',' : '.'
  const at = Math.max(comma, point)
  if (at < 0) return undefined
  const mark = text[at] as Decimal
  const other = mark === ',' ? '.' : ','
  // A mark that occurs twice is one of thousands. One before three digits may be.
  if (text.indexOf(mark) !== at) return other
  return /\d{3}(?!\d)/.test(text.slice(at + 1, at + 5)) ? undefined : mark
}

const most = (marks: readonly (Decimal | undefined)[]): Decimal | undefined => {
  const commas = marks.filter((mark) => mark === ',').length
  const points = marks.filter((mark) => mark === '.').length
  return commas + points === 0 ? undefined : commas > points ? ',' : '.'
}

/**
 * The decimal mark of an input.
 * @param coordinates texts of them: no coordinate has thousands, so that one mark is the decimal one
 * @param others texts of other numbers, looked at only where coordinates say nothing
 * @returns undefined where nothing shows it
 */
export const decideDecimal = (coordinates: readonly string[], others: readonly string[]): Decimal | undefined =>
  most(
    coordinates.map((text) =>
      text.includes(',') ? (text.includes('.') ? undefined : ',') : text.includes('.') ? '.' : undefined,
    ),
  ) ?? most(others.map(markOf))
