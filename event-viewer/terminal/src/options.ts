import { parseFilter } from '@fleetlake/columnar'
import { duration, MAX_SELECTED, timer } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { Gap } from '@fleetlake/viewer-core'

/** How the texts of options are read; each throws FleetError `usage.invalid` that shows a right one. */

const wrong = (text: string, expected: string): FleetError =>
  new FleetError('usage.invalid', `"${text}" is not ${expected}`)

const COUNT = /^(\d{1,3}(?:[_,]\d{3})+|\d+(?:\.\d+)?)([kM]?)$/
const SCALE: Record<string, number> = { '': 1, k: 1e3, M: 1e6 }

/** `1500`, `1_000_000`, `50k`, `1.5M`. */
export const parseCount = (text: string): number => {
  const [, digits, suffix] = COUNT.exec(text.trim()) ?? []
  const value =
    digits === undefined ? NaN : Math.round(Number(digits.replaceAll(/[_,]/g, '')) * SCALE[suffix] * 1e3) / 1e3
  if (!Number.isSafeInteger(value)) throw wrong(text, 'a whole number such as 1500, 1_000_000 or 1M')
  return value
}

/** A count of at least one. */
export const parsePositiveCount = (text: string): number => {
  const value = parseCount(text)
  if (value < 1) throw wrong(text, 'a whole number of at least 1')
  return value
}

export const parseNumber = (text: string): number => {
  const value = text.trim() === '' ? NaN : Number(text)
  if (!Number.isFinite(value)) throw wrong(text, 'a number')
  return value
}

/** Ms of `500 ms`, `5s`, `10 min`, `1 h` or `2 d`. */
export const parseDuration = (text: string): number => {
  const result = duration.safeParse(text.trim())
  if (!result.success) throw wrong(text, 'a duration such as "5 s", "10 min", "1 h" or "2 d"')
  return result.data
}

/** A duration that something waits for. */
export const parseTimer = (text: string): number => {
  const ms = parseDuration(text)
  if (!timer.safeParse(ms).success) throw wrong(text, 'a duration of 24 days at most')
  return ms
}

/** What is a gap: `automatic`, or ms of a duration of at least one. */
export const parseGap = (text: string): Gap => {
  if (text.trim() === 'automatic') return 'automatic'
  const gapMs = Math.round(parseDuration(text))
  if (gapMs < 1) throw wrong(text, '"automatic" or a duration of 1 ms or more')
  return gapMs
}

const INSTANT = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/

/** Whether a day exists: JavaScript takes the 30th of February for the 2nd of March. */
const isDate = (day: string): boolean => {
  const timeMs = Date.parse(day)
  return Number.isFinite(timeMs) && new Date(timeMs).toISOString().startsWith(day)
}

/**
 * Ms since the epoch of an RFC 3339 time, a date (its UTC midnight), `now`, or a time before now such as `-1h`.
 */
export const parseInstant = (text: string, nowMs: number): number => {
  const trimmed = text.trim()
  if (trimmed === 'now') return nowMs
  if (/^-\d/.test(trimmed)) return nowMs - parseDuration(trimmed.slice(1))
  const timeMs =
    INSTANT.test(trimmed) && isDate(trimmed.slice(0, 10)) ? Date.parse(trimmed.replace(' ', 'T').toUpperCase()) : NaN
  if (!Number.isFinite(timeMs))
    throw wrong(text, 'a time such as 2026-01-31T08:00:00Z, 2026-01-31T16:00+08:00, 2026-01-31, "now" or "-1h"')
  return timeMs
}

/** The items of a text with commas, without those that are empty. */
export const parseList = (text: string): string[] => {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  if (items.length === 0) throw wrong(text, 'a list such as taxi,bus')
  return items
}

/** Names of measures. */
export const parseSelect = (text: string): string[] => {
  const names = parseList(text)
  if (names.length > MAX_SELECTED) throw wrong(text, `a list of at most ${MAX_SELECTED} measures, or *`)
  return names
}

/** The text of a filter; what its names stand for is known to the table alone. */
export const parseWhere = (text: string): string => {
  try {
    parseFilter(text)
  } catch (cause) {
    throw new FleetError('usage.invalid', reasonOf(cause), { cause })
  }
  return text
}
