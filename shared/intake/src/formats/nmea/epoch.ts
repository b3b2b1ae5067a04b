import type { Fix } from './fix.ts'

/** What the sentences of one instant say together: one report of the receiver. */
export interface Epoch {
  /** Ms of the day, UTC; undefined where its sentences have none. */
  readonly timeOfDay: number | undefined
  /** Who said what: a sentence that comes again begins another epoch. */
  readonly addresses: Set<string>
  /** What is said, by what counts most: the position of RMC before that of GGA before that of GLL; VTG's speed where RMC has none. */
  said: Omit<Fix, 'kind' | 'timeOfDay'>
  /** Of the kind that the position is from. */
  rank: number
  /** Whether a sentence with a place was there, be it without a fix. */
  hasPlace: boolean
}

const RANKS: Readonly<Record<string, number>> = { RMC: 3, GGA: 2, GLL: 1 }

export const newEpoch = (timeOfDay: number | undefined): Epoch => ({
  timeOfDay,
  addresses: new Set(),
  said: {},
  rank: 0,
  hasPlace: false,
})

/**
 * Whether a sentence is of the epoch in hand: of its instant, and not there already, since a receiver that reports often may say times to the second only. A speed without a time is of the epoch before
 * it; a date alone of none.
 */
export const isOfEpoch = (epoch: Epoch, address: string, { kind, timeOfDay, date }: Fix): boolean => {
  if (kind === 'VTG') return true
  if (timeOfDay !== epoch.timeOfDay) return false
  // Those without a time, of a receiver that has none yet, are all one.
  if (timeOfDay === undefined) return true
  return (
    !epoch.addresses.has(address) && (date === undefined || epoch.said.date === undefined || date === epoch.said.date)
  )
}

export const addToEpoch = (epoch: Epoch, address: string, fix: Fix): void => {
  const { kind } = fix
  const rank = RANKS[kind] ?? 0
  epoch.addresses.add(address)
  epoch.hasPlace ||= rank > 0
  const hasFix = fix.longitude !== undefined && fix.latitude !== undefined
  const isBetter = hasFix && rank > epoch.rank
  const { said } = epoch
  epoch.said = {
    date: said.date ?? fix.date,
    longitude: isBetter ? fix.longitude : said.longitude,
    latitude: isBetter ? fix.latitude : said.latitude,
    speed: kind === 'RMC' ? (fix.speed ?? said.speed) : (said.speed ?? fix.speed),
    heading: kind === 'RMC' ? (fix.heading ?? said.heading) : (said.heading ?? fix.heading),
    altitude: said.altitude ?? fix.altitude,
    fixQuality: said.fixQuality ?? fix.fixQuality,
    satellites: said.satellites ?? fix.satellites,
    hdop: said.hdop ?? fix.hdop,
  }
  if (isBetter) epoch.rank = rank
}

/** The last date that was said, with its time of day: the clock of sentences that have a time only. */
export interface Clock {
  readonly date: number
  readonly timeOfDay: number
}

const DAY_MS = 86_400_000

/** The date of a time of day that comes soon after (or a little before) the clock: the next day's where it passes midnight. */
export const dateAfter = ({ date, timeOfDay: before }: Clock, timeOfDay: number): number => {
  if (timeOfDay < before - DAY_MS / 2) return date + DAY_MS
  return timeOfDay > before + DAY_MS / 2 ? date - DAY_MS : date
}
