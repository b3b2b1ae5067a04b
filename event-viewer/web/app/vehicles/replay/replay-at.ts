import type { FoundRows } from '@fleetlake/viewer-core'
import { between } from '../geometry/glide.ts'
import { headingBetween } from '../geometry/heading.ts'
import { latitudeOf, longitudeOf, ringX, ringY } from '../geometry/mercator-ring.ts'
import type { DrawnPlace } from '../scene.ts'
import { searchNearest, type Nearest, type NearPoint } from '../segments/nearest.ts'
import { EXTRA_MASK, extraOf, isWithin, LINGER_MS } from '../segments/segment-page.ts'
import { headingsOf } from './replay-heading.ts'
import { MAX_JOINED_MS, type ReplayPage, type ReplayTrack } from './replay-track.ts'

/** Whether a page can hold a segment of an instant, or of the time before it that a trail reaches back. */
export const mayHold = (page: ReplayPage, timeMs: number, trailMs: number): boolean =>
  page.baseMs <= timeMs && timeMs - trailMs < page.untilMs

/** Every segment that is drawn at an instant, as the shader finds it; `now` is the instant within the page. */
export const forEachDrawn = (
  { pages }: ReplayTrack,
  timeMs: number,
  visit: (page: ReplayPage, index: number, now: number) => void,
): void => {
  const time = Math.floor(timeMs)
  for (const page of pages) {
    if (!mayHold(page, time, 0)) continue
    const now = time - page.baseMs
    for (let index = 0; index < page.count; index += 1) if (isWithin(page, index, now)) visit(page, index, now)
  }
}

/** The vehicle drawn nearest to a point, of those that are not hidden. */
export const nearestAt = (
  track: ReplayTrack,
  timeMs: number,
  point: NearPoint,
  isHidden: (vehicle: number) => boolean,
): Nearest | undefined => {
  const search = searchNearest(point)
  let found = -1
  forEachDrawn(track, timeMs, (page, index, now) => {
    const vehicle = extraOf(page, index) & EXTRA_MASK
    if (!isHidden(vehicle) && search.offer(page, index, now)) found = vehicle
  })
  return found < 0 ? undefined : { vehicle: found, distancePx: search.distancePx }
}

/** Where a vehicle is drawn at an instant, from the rows alone; undefined in a gap. */
export const placeAmongRows = (
  { found, isJoined }: ReplayTrack,
  vehicle: number,
  timeMs: number,
): DrawnPlace | undefined => {
  const { start, eventTime, longitude, latitude } = found
  const row = rowAt(found, vehicle, timeMs)
  if (row < 0) return undefined
  const next = row + 1
  const duration = next < start[vehicle + 1] ? eventTime[next] - eventTime[row] : Number.POSITIVE_INFINITY
  const elapsed = timeMs - eventTime[row]
  const joined = isJoined[row] === 1 && duration <= MAX_JOINED_MS
  if (!joined && elapsed >= LINGER_MS) return undefined
  const to = joined ? next : row
  const part = joined ? elapsed / duration : 0
  const [turnFrom, turnTo] = headingsOf(found, vehicle, row, to)
  return {
    longitude: longitudeOf(between(ringX(longitude[row]), ringX(longitude[to]), part)),
    latitude: latitudeOf(between(ringY(latitude[row]), ringY(latitude[to]), part)),
    heading: headingBetween(turnFrom, turnTo, part),
  }
}

/** A vehicle's last row at an instant or before; -1 for none. */
export const rowAt = ({ start, eventTime }: FoundRows, vehicle: number, timeMs: number): number => {
  let [low, high] = [start[vehicle], start[vehicle + 1]]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (eventTime[middle] <= timeMs) low = middle + 1
    else high = middle
  }
  return low > start[vehicle] ? low - 1 : -1
}
