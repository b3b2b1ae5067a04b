import { humanDuration, plural } from '@fleetlake/viewer-core'
import { dayText, shortClockText } from '../shell/local-time.ts'

const COMPASS = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'] as const

/** `248° south-west`; a dash where it is not known. @param heading degrees clockwise from north */
export const headingText = (heading: number): string => {
  if (Number.isNaN(heading)) return '–'
  const degrees = ((Math.round(heading) % 360) + 360) % 360
  return `${degrees}° ${COMPASS[Math.round(degrees / 45) % 8]}`
}

/** `43 km/h`; a dash where it is not known. */
export const speedText = (speedMps: number): string =>
  Number.isNaN(speedMps) ? '–' : `${Math.round(speedMps * 3.6)} km/h`

/** Longitude, then latitude: `-56.16450, -34.90120`; a metre's worth of digits. */
export const placeText = (longitude: number, latitude: number): string =>
  `${longitude.toFixed(5)}, ${latitude.toFixed(5)}`

/** `3 s ago`, `in 2 min 0 s`, `now`; whole seconds. */
export const agoText = (agoMs: number): string => {
  const seconds = Math.round(agoMs / 1000)
  if (seconds === 0) return 'now'
  const text = humanDuration(Math.abs(seconds) * 1000)
  return seconds > 0 ? `${text} ago` : `in ${text}`
}

const MINUTE_MS = 60_000
const UNITS = [
  { ms: 24 * 60 * MINUTE_MS, name: 'day' },
  { ms: 60 * MINUTE_MS, name: 'hour' },
  { ms: MINUTE_MS, name: 'minute' },
] as const

/** `Silent for 3 days, since 27 Nov 2026, 14:03: this is where it was then.`; whole units, the largest alone. */
export const silentText = (sinceMs: number, nowMs: number): string => {
  const forMs = Math.max(MINUTE_MS, nowMs - sinceMs)
  const { ms, name } = UNITS.find((unit) => forMs >= unit.ms)!
  const since = `${dayText(sinceMs)}, ${shortClockText(sinceMs)}`
  return `Silent for ${plural(Math.floor(forMs / ms), name)}, since ${since}: this is where it was then.`
}
