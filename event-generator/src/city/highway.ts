import { tag } from './feature.ts'
import type { CityFeature } from './feature.ts'

/** What driving on a street is like. */
export interface Road {
  /** m/s */
  readonly limit: number
  /** Drivers prefer a higher one. */
  readonly rank: number
  /** As drawn, against it, or both. */
  readonly direction: 'forward' | 'backward' | 'both'
}

/** Drivable classes of OpenStreetMap: the limit without a sign, km/h, and how much drivers prefer them. */
const CLASSES: Readonly<Record<string, readonly [limitKmh: number, rank: number]>> = {
  motorway: [110, 2.5],
  motorway_link: [60, 1.6],
  trunk: [75, 2.5],
  trunk_link: [45, 1.6],
  primary: [60, 2.2],
  primary_link: [45, 1.6],
  secondary: [45, 1.8],
  secondary_link: [45, 1.5],
  tertiary: [45, 1.4],
  tertiary_link: [45, 1.2],
  unclassified: [45, 1],
  residential: [45, 1],
  road: [40, 0.8],
  living_street: [20, 0.4],
  service: [20, 0.25],
}

const CLOSED = new Set(['no', 'private'])

/** How a street is driven; undefined when it isn't. */
export const roadOf = (street: CityFeature): Road | undefined => {
  const known = CLASSES[tag(street, 'highway')]
  if (known === undefined || tag(street, 'area') === 'yes') return undefined
  const access = tag(street, 'motor_vehicle') || tag(street, 'vehicle') || tag(street, 'access')
  if (CLOSED.has(access)) return undefined
  return {
    limit: (maxspeedKmh(tag(street, 'maxspeed')) ?? known[0]) / 3.6,
    rank: known[1],
    direction: directionOf(street),
  }
}

const MPH = 1.609344

/** `45`, `45 km/h`, `30 mph`, `walk`; undefined for anything else. */
const maxspeedKmh = (text: string): number | undefined => {
  if (text === 'walk') return 7
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(km\/h|kmh|mph)?$/.exec(text.trim()) ?? []
  const limit = Number(number) * (unit === 'mph' ? MPH : 1)
  return limit >= 5 && limit <= 200 ? limit : undefined
}

const directionOf = (street: CityFeature): Road['direction'] => {
  const oneway = tag(street, 'oneway')
  if (oneway === '-1' || oneway === 'reverse') return 'backward'
  if (['yes', 'true', '1'].includes(oneway)) return 'forward'
  if (['no', 'false', '0'].includes(oneway)) return 'both'
  const implied = ['roundabout', 'circular'].includes(tag(street, 'junction')) || tag(street, 'highway') === 'motorway'
  return implied ? 'forward' : 'both'
}
