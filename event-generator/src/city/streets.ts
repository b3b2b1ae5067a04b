import { FleetError } from '@fleetlake/core'
import { CONTROL } from '../core/city.ts'
import { linesOf, pointsOf, tag } from './feature.ts'
import type { CityFeature, Coordinate } from './feature.ts'
import { roadOf } from './highway.ts'

/** A piece of street between two nodes, along which nothing changes. A oneway one is driven as its points run. */
export interface Street {
  /** Ids of its points, at least two; the first and the last are its nodes. */
  readonly points: readonly number[]
  readonly oneway: boolean
  /** m/s */
  readonly limit: number
  readonly rank: number
}

export interface StreetMap {
  readonly streets: readonly Street[]
  /** By point id, 1e-7 degrees. */
  readonly longitudeE7: readonly number[]
  readonly latitudeE7: readonly number[]
  /** By point id, where a sign or signals stand; one of `CONTROL`. */
  readonly controls: ReadonlyMap<number, number>
}

const CONTROL_OF: Readonly<Record<string, number>> = {
  traffic_signals: CONTROL.signals,
  stop: CONTROL.stop,
  give_way: CONTROL.giveWay,
}

/**
 * Streets cut where they meet. Points at the same 1e-7 degrees are one point, so that a street drawn in several pieces, or split
 * over map tiles, hangs together.
 * @throws FleetError `city.invalid` for a point off the globe
 */
export const readStreets = (features: readonly CityFeature[]): StreetMap => {
  const longitudeE7: number[] = []
  const latitudeE7: number[] = []
  const ids = new Map<string, number>()
  const idOf = ([longitude, latitude]: Coordinate): number => {
    if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90)) {
      throw new FleetError(
        'city.invalid',
        `a street has a point at ${longitude}, ${latitude}: give longitude, latitude in degrees`,
      )
    }
    const x = Math.round(longitude * 1e7)
    const y = Math.round(latitude * 1e7)
    const key = `${x},${y}`
    let id = ids.get(key)
    if (id === undefined) {
      id = ids.size
      ids.set(key, id)
      longitudeE7.push(x)
      latitudeE7.push(y)
    }
    return id
  }

  const ways: Street[] = []
  for (const feature of features) {
    const road = roadOf(feature)
    if (road === undefined) continue
    for (const line of linesOf(feature)) {
      const points = line.map(idOf).filter((id, n, all) => n === 0 || id !== all[n - 1])
      if (points.length < 2) continue
      if (road.direction === 'backward') points.reverse()
      ways.push({ points, oneway: road.direction !== 'both', limit: road.limit, rank: road.rank })
    }
  }
  const controls = new Map<number, number>()
  for (const feature of features) {
    const control = CONTROL_OF[tag(feature, 'highway')]
    if (control !== undefined) for (const point of pointsOf(feature)) controls.set(idOf(point), control)
  }
  return { streets: joinStreets(cutAtMeetings(ways)), longitudeE7, latitudeE7, controls }
}

/** Cuts ways at every point that is on more than one of them, or twice on one. */
const cutAtMeetings = (ways: readonly Street[]): Street[] => {
  const uses = new Map<number, number>()
  for (const { points } of ways) for (const id of points) uses.set(id, (uses.get(id) ?? 0) + 1)
  return ways.flatMap((way) => {
    const pieces: Street[] = []
    let from = 0
    for (let at = 1; at < way.points.length; at++) {
      if (at < way.points.length - 1 && uses.get(way.points[at]) === 1) continue
      pieces.push({ ...way, points: way.points.slice(from, at + 1) })
      from = at
    }
    return pieces
  })
}

/** Joins streets where exactly two meet that are driven alike. */
export const joinStreets = (pieces: readonly Street[]): Street[] => {
  const streets: (Street | undefined)[] = [...pieces]
  const at = new Map<number, number[]>()
  const hang = (node: number, street: number): void => void (at.get(node)?.push(street) ?? at.set(node, [street]))
  pieces.forEach(({ points }, n) => {
    hang(points[0], n)
    hang(points[points.length - 1], n)
  })
  for (const [node, [one, other, ...more]] of at) {
    if (other === undefined || more.length > 0 || one === other) continue
    const joined = join(streets[one]!, streets[other]!, node)
    if (joined === undefined) continue
    streets[one] = joined
    streets[other] = undefined
    for (const end of [joined.points[0], joined.points[joined.points.length - 1]]) {
      at.set(
        end,
        at.get(end)!.map((street) => (street === other ? one : street)),
      )
    }
  }
  return streets.filter((street) => street !== undefined)
}

const join = (one: Street, other: Street, node: number): Street | undefined => {
  if (one.oneway !== other.oneway || one.limit !== other.limit || one.rank !== other.rank) return undefined
  const ends = (street: Street): boolean => street.points[street.points.length - 1] === node
  if (one.oneway && ends(one) === ends(other)) return undefined
  const [before, after] = ends(one) ? [one, other] : [other, one]
  const head = ends(before) ? before.points : before.points.toReversed()
  const tail = ends(after) ? after.points.toReversed() : after.points
  return { ...one, points: [...head, ...tail.slice(1)] }
}
