import { type ColumnName, type PositionRow, textBytes, trimmedText } from '@fleetlake/columnar'
import { MAX_TEXT_BYTES, memberAsWritten } from '@fleetlake/core'
import { instant } from './fields.ts'

type Members = Readonly<Record<string, unknown>>

/** What a value is, for people. */
export const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      return 'a number'
    case 'boolean':
      return String(value)
    default:
      return 'an object'
  }
}

const MOST_SHOWN = 60
/** Faults that are told of one message. */
const MOST_TOLD = 3

const cut = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text)

/** A value as it was sent, or its beginning. (Of a long text no more than that is written out.) */
const shown = (value: unknown): string =>
  cut(JSON.stringify(typeof value === 'string' ? value.slice(0, MOST_SHOWN + 1) : value) ?? 'nothing')

/** Of what is of the wrong kind. */
const misfit = (name: string, value: unknown, needed: string): string =>
  `${name} is ${kindOf(value)} where ${needed} is needed${typeof value === 'boolean' ? '' : `: ${shown(value)}`}`

const DIGITS = /^-?\d+$/
const A_TIME = 'a time such as "2026-01-05T08:00:00Z"'
const WITHOUT_OFFSET = /\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/

/**
 * The position of a JSON object, beside its measures. Values are as they were sent: which of them can be true is decided by the rules of all intakes. An id that is a
 * number is its digits as they were written, so that no two ids become one.
 * @param text what the object was parsed from
 * @throws Error with a sentence that says what is wrong with it, of several faults the first few
 */
export const readJsonPosition = (object: Members, text: string): PositionRow => {
  const faults: string[] = []
  const isMissing = (name: ColumnName): boolean => object[name] === undefined || object[name] === null
  const textIn = (name: ColumnName, value: unknown): string => {
    if (isMissing(name)) faults.push(`${name} is missing`)
    else if (typeof value !== 'string') faults.push(misfit(name, value, 'text'))
    else if (!value.isWellFormed()) faults.push(`${name} is not Unicode: it has half of a character`)
    else {
      const trimmed = trimmedText(value)
      const bytes = textBytes(trimmed)
      if (bytes === 0) faults.push(`${name} is empty`)
      if (bytes > MAX_TEXT_BYTES) faults.push(`${name} takes ${bytes} bytes of UTF-8, ${MAX_TEXT_BYTES} are the most`)
      return trimmed
    }
    return ''
  }
  const idIn = (name: ColumnName): string => {
    if (typeof object[name] !== 'number') return textIn(name, object[name])
    const digits = String(memberAsWritten(text, name))
    if (!DIGITS.test(digits))
      faults.push(`${name} is the number ${cut(digits)}, not a whole one in digits alone: send it as text`)
    return textIn(name, digits)
  }
  const timeIn = (name: ColumnName): number => {
    const value = object[name]
    if (isMissing(name)) faults.push(`${name} is missing`)
    else if (typeof value !== 'string') faults.push(misfit(name, value, A_TIME))
    else if (instant.safeParse(value).success) return Date.parse(value)
    else if (WITHOUT_OFFSET.test(value))
      faults.push(`${name} has no offset from UTC, such as Z or +02:00: ${shown(value)}`)
    else faults.push(`${name} is not ${A_TIME}: ${shown(value)}`)
    return NaN
  }
  const numberIn = (name: ColumnName): number => {
    const value = object[name]
    if (typeof value === 'number') return value
    faults.push(isMissing(name) ? `${name} is missing` : misfit(name, value, 'a number'))
    return NaN
  }
  const optionalIn = (name: ColumnName): number => (isMissing(name) ? NaN : numberIn(name))
  const row = {
    vehicleId: idIn('vehicle_id'),
    vehicleType: textIn('vehicle_type', object['vehicle_type']),
    eventTime: timeIn('event_time'),
    longitude: numberIn('longitude'),
    latitude: numberIn('latitude'),
    speed: optionalIn('speed'),
    heading: optionalIn('heading'),
  }
  if (faults.length === 0) return row
  const more = faults.length > MOST_TOLD ? `; ${faults.length - MOST_TOLD} more` : ''
  throw new Error(`${faults.slice(0, MOST_TOLD).join('; ')}${more}`)
}
