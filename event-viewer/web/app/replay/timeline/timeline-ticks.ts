import type { Extent } from './density.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 364].map((n) => n * DAY),
]

export interface Tick {
  readonly time: number
  /** Says a date rather than a time of the day. */
  readonly isDay: boolean
  readonly hasSeconds: boolean
}

const midnightOf = (time: number): number => new Date(time).setHours(0, 0, 0, 0)

/** The local midnight some days on; a day may have 23 or 25 hours. */
const daysAfter = (midnight: number, days: number): number => {
  const date = new Date(midnight)
  return date.setDate(date.getDate() + days)
}

/** Round times of this machine's zone within a period, at most `most`. */
export const ticksOf = ({ from, to }: Extent, most: number): Tick[] => {
  if (!(to > from) || most < 1) return []
  const step = STEPS.find((each) => (to - from) / each <= most) ?? STEPS.at(-1)!
  const ticks: Tick[] = []
  const add = (time: number, isDay: boolean): void => {
    if (time >= from && time <= to) ticks.push({ time, isDay, hasSeconds: step < MINUTE })
  }
  const days = Math.max(1, step / DAY)
  for (let midnight = midnightOf(from); midnight <= to && ticks.length <= most; midnight = daysAfter(midnight, days)) {
    add(midnight, true)
    if (step >= DAY) continue
    const next = daysAfter(midnight, 1)
    const first = Math.max(1, Math.ceil((from - midnight) / step))
    for (let time = midnight + first * step; time < next && time <= to; time += step) add(time, false)
  }
  return ticks
}
