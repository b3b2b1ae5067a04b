const ISO = /^(\d{4}-\d\d-(\d\d))[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i

const DAY_MS = 86_400_000

/**
 * The ms since the epoch of a time as RFC 3339 has it; NaN for anything else.
 * @param zone of times without an offset: `UTC`, or none, then they are NaN
 */
export const instantOf = (value: unknown, zone?: 'UTC'): number => {
  if (typeof value !== 'string') return NaN
  const [, date, day, time, offset] = ISO.exec(value.trim()) ?? []
  if (date === undefined || (offset === undefined && zone === undefined)) return NaN
  const utcMs = Date.parse(`${date}T${time.replace(',', '.')}Z`)
  // February has no 30th day, whatever a date is made of it.
  if (Number.isNaN(utcMs) || new Date(Math.floor(utcMs / DAY_MS) * DAY_MS).getUTCDate() !== Number(day)) return NaN
  return utcMs - offsetMs(offset ?? 'Z')
}

const offsetMs = (offset: string): number => {
  if (offset === 'Z' || offset === 'z') return 0
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}

const longest = 8.64e15

/** Numbers of a unit since the epoch, or texts of their digits, as ms; NaN for anything else, and for 0 and less, which stand for no time. */
export const epochMs = (value: unknown, unitMs: number): number => {
  const number = typeof value === 'string' && /^\d{1,20}(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !(number > 0)) return NaN
  const ms = Math.round(number * unitMs)
  return ms <= longest ? ms : NaN
}
