/** Times as people here read them: this machine's zone, 24 hours; UTC is always available too. */

const LOCALE = 'en-GB'

const clock = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'medium' })
const shortClock = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'short' })
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' })

const shortDay = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' })

/** `14:05:09` */
export const clockText = (timeMs: number): string => clock.format(timeMs)

/** `14:05` */
export const shortClockText = (timeMs: number): string => shortClock.format(timeMs)

/** `5 Jan 2026` */
export const dayText = (timeMs: number): string => day.format(timeMs)

/** `5 Jan` */
export const shortDayText = (timeMs: number): string => shortDay.format(timeMs)

/** `5 Jan 2026, 14:05:09` */
export const timeText = (timeMs: number): string => `${dayText(timeMs)}, ${clockText(timeMs)}`

/** `5 Jan 2026, 14:05:09 – 15:05:09`; the second day only where it is another. */
export const periodText = (fromMs: number, toMs: number): string =>
  `${timeText(fromMs)} – ${dayText(fromMs) === dayText(toMs) ? clockText(toMs) : timeText(toMs)}`

/** `2026-01-05 17:05:09 UTC` */
export const utcText = (timeMs: number): string =>
  `${new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** `GMT-3`: the zone that times are shown in, at an instant. */
export const zoneText = (timeMs: number): string =>
  new Intl.DateTimeFormat(LOCALE, { timeZoneName: 'short' })
    .formatToParts(timeMs)
    .find(({ type }) => type === 'timeZoneName')?.value ?? ''
