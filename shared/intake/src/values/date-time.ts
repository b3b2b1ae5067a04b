import { isDayAlone, isoFormat } from './iso-time.ts'
import { trimmed } from './trimmed.ts'
import { wallClockOf } from './written-time.ts'

/**
 * A time with a date as ISO 8601 has it, of formats that have no other.
 * @returns ms since the epoch; where the text does not say how far its clock is from UTC the same time as ISO 8601 text without an offset; undefined for what is no time, or none that ever was
 */
export const parseDateTime = (text: string): number | string | undefined => {
  const plain = trimmed(text)
  const written = isDayAlone(plain) ? undefined : isoFormat(plain)
  const wallMs = written === undefined ? undefined : wallClockOf(written)
  if (written === undefined || wallMs === undefined || written.zone !== undefined) return undefined
  return written.offsetMs === undefined ? new Date(wallMs).toISOString().slice(0, -1) : wallMs - written.offsetMs
}

/** The same of a format whose times are UTC unless they say another offset. */
export const parseUtc = (text: string): number | undefined => {
  const time = parseDateTime(text)
  return typeof time === 'string' ? Date.parse(`${time}Z`) : time
}
