import { parseExactJson } from '@fleetlake/core'

/** What a text that is not JSON is read as; no JSON text is. */
export const NOT_JSON: unique symbol = Symbol('not JSON')

/** A number of 9·10^15 and more, which a double need not hold, or with an exponent; it may lie in a text as well. */
const LONG_NUMBER = /[:,[\s]-?(?:\d{17}|9\d{15}|\d[\d.]*[eE])/

/** Whether `JSON.parse` may round a number of the text to another. */
export const mayRound = (text: string): boolean => LONG_NUMBER.test(text)

const TEXT_OR_NO_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g

/** Python and others write them; they say that there is no value. */
const withoutNaN = (text: string): string =>
  text.replaceAll(TEXT_OR_NO_NUMBER, (found) => (found.startsWith('"') ? found : 'null'))

/**
 * A JSON text as a value, with whole numbers beyond 2^53 as texts of their digits. NaN and infinite numbers, which JSON does not have, are null.
 * @returns `NOT_JSON` for what is no JSON text
 */
export const parseJsonRow = (text: string): unknown => {
  try {
    return mayRound(text) ? parseExactJson(text) : (JSON.parse(text) as unknown)
  } catch {
    return parseMended(text)
  }
}

const parseMended = (text: string): unknown => {
  const mended = withoutNaN(text)
  if (mended === text) return NOT_JSON
  try {
    return parseExactJson(mended)
  } catch {
    return NOT_JSON
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
