import type { ViewBounds } from '../../shell/view-bounds.ts'
import type { LiveRequest } from './live-frame.ts'

/** What of the vehicles the page wants to see. */
export interface LiveView {
  /** By index of type; types that come later ask `wantsType`. */
  wantsType(name: string): boolean
  contains(longitude: number, latitude: number): boolean
  /** The same without the margin; undefined when there is none. */
  readonly shows: LiveView['contains'] | undefined
}

const contains = ([west, south, east, north]: ViewBounds): LiveView['contains'] => {
  // A map that is dragged around the globe counts its longitudes on; one across the antimeridian may begin in the east of its end.
  const from = west - 360 * Math.floor((west + 180) / 360)
  const to = from + (east < west ? east + 360 - west : east - west)
  if (to - from >= 360) return (_, latitude) => latitude >= south && latitude <= north
  return (longitude, latitude) =>
    latitude >= south &&
    latitude <= north &&
    ((longitude >= from && longitude <= to) || (longitude + 360 >= from && longitude + 360 <= to))
}

export const viewOf = ({ bounds, view, types }: LiveRequest): LiveView => {
  const wanted = types === undefined ? undefined : new Set(types)
  return {
    wantsType: (name) => wanted === undefined || wanted.has(name),
    contains: bounds === undefined ? () => true : contains(bounds),
    shows: view === undefined ? undefined : contains(view),
  }
}

/** Whether both want the same vehicles; how many of them are shown may differ. */
export const wantsTheSame = (one: LiveRequest, other: LiveRequest): boolean =>
  one.follow === other.follow && isSame(one.bounds, other.bounds) && isSame(one.types, other.types)

const isSame = (one: readonly unknown[] | undefined, other: readonly unknown[] | undefined): boolean =>
  one?.length === other?.length && (one === undefined || one.every((each, i) => each === other![i]))
