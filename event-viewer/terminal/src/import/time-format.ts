import { FleetError } from '@fleetlake/core'

/** A time as it is written: local unless `offsetMs` says how far its clock is ahead of UTC. */
export interface WrittenTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
  readonly offsetMs?: number
}

/** Reads a text; undefined when it has another form. Whether there is such a day is not its business. */
export type TimeFormat = (text: string) => WrittenTime | undefined

const OFFSET = String.raw`Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?`

const TOKENS: Record<string, string> = {
  YYYY: String.raw`(?<year>\d{4})`,
  MM: String.raw`(?<month>\d{1,2})`,
  DD: String.raw`(?<day>\d{1,2})`,
  HH: String.raw`(?<hour>\d{1,2})`,
  mm: String.raw`(?<minute>\d{2})`,
  ss: String.raw`(?<second>\d{2})`,
  SSS: String.raw`(?<fraction>\d{1,9})`,
  Z: `(?<offset>${OFFSET})`,
}

const formatOf =
  (pattern: RegExp): TimeFormat =>
  (text) => {
    const parts = pattern.exec(text)?.groups
    if (parts === undefined) return undefined
    const offset = parts['offset'] === undefined ? {} : { offsetMs: offsetOf(parts['offset'].toUpperCase()) }
    return {
      year: Number(parts['year']),
      month: Number(parts['month']),
      day: Number(parts['day']),
      hour: Number(parts['hour'] ?? 0),
      minute: Number(parts['minute'] ?? 0),
      second: Number(parts['second'] ?? 0),
      millisecond: Number((parts['fraction'] ?? '').slice(0, 3).padEnd(3, '0')),
      ...offset,
    }
  }

const offsetOf = (text: string): number => {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? []
  return sign === undefined ? 0 : (sign === '-' ? -60_000 : 60_000) * (Number(hours) * 60 + Number(minutes ?? 0))
}

/** `2018-10-01T08:00:00.123+08:00`, also with a space or slashes, without seconds, or without an offset. */
export const isoFormat: TimeFormat = formatOf(
  new RegExp(
    String.raw`^(?<year>\d{4})(?<between>[-/])(?<month>\d{1,2})\k<between>(?<day>\d{1,2})` +
      String.raw`(?:[Tt ] ?(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)? ?(?<offset>${OFFSET})?)?$`,
    'i',
  ),
)

/**
 * A format from a pattern of YYYY, MM, DD, HH, mm, ss, SSS and Z (an offset); everything else stands for itself.
 * @throws FleetError `usage.invalid` for a pattern without a year, a month or a day, or with one twice
 */
export const formatOfPattern = (pattern: string): TimeFormat => {
  const used: string[] = []
  const source = pattern.replaceAll(/YYYY|MM|DD|HH|mm|SSS|ss|Z|[^A-Za-z0-9\s]/g, (part) => {
    if (TOKENS[part] === undefined) return `\\${part}`
    used.push(part)
    return TOKENS[part]
  })
  const isWhole = ['YYYY', 'MM', 'DD'].every((token) => used.includes(token)) && new Set(used).size === used.length
  if (!isWhole) {
    throw new FleetError(
      'usage.invalid',
      `--time-format "${pattern}" is not auto, iso, epoch-s, epoch-ms or a pattern such as "DD/MM/YYYY HH:mm:ss" (also SSS and Z)`,
    )
  }
  return formatOf(new RegExp(`^${source}$`, 'i'))
}
