import type { BlockMaker, Fill } from './block-maker.ts'
import { degreesOfE7 } from './degrees-e7.ts'
import { epochMs, instantOf } from './instants.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'
import { notNegative } from './set-others.ts'

/** Where the device was at a time. */
interface Report {
  readonly timeMs: number
  readonly point: JsonObject
}

const WITHOUT_TIMES =
  'points of paths without times (waypointPath, transitPath) are left out: when the device was there is not said'
const PLACES = 'of visits only their paths are read: the place of a visit is not where the device was'

const objectAt = (object: JsonObject, name: string): JsonObject => {
  const value = object[name]
  return isObject(value) ? value : {}
}

/** A time as text, or, of older exports, its ms in a member of their own. */
const timeAt = (object: JsonObject, name: string): number =>
  object[name] === undefined ? epochMs(object[`${name}Ms`], 1) : instantOf(object[name])

const reportsOfPath = (part: JsonObject): Report[] => {
  const { points } = objectAt(part, 'simplifiedRawPath')
  return Array.isArray(points)
    ? points.filter(isObject).map((point) => ({ timeMs: timeAt(point, 'timestamp'), point }))
    : []
}

const hasPlace = (point: JsonObject): boolean => (point['latitudeE7'] ?? point['latE7']) !== undefined

/** The path of an activity, between the places where it began and ended. */
const reportsOfActivity = (activity: JsonObject): Report[] => {
  const duration = objectAt(activity, 'duration')
  const [start, end] = [objectAt(activity, 'startLocation'), objectAt(activity, 'endLocation')]
  return [
    { timeMs: timeAt(duration, 'startTimestamp'), point: start },
    ...reportsOfPath(activity),
    { timeMs: timeAt(duration, 'endTimestamp'), point: end },
  ].filter(({ point }) => hasPlace(point))
}

const fill: Fill<readonly Report[]> = (table, reports, i) => {
  const { timeMs, point } = reports[i]
  table.set('event_time', timeMs)
  table.set('longitude', degreesOfE7(point['longitudeE7'] ?? point['lngE7'], 180))
  table.set('latitude', degreesOfE7(point['latitudeE7'] ?? point['latE7'], 90))
  table.set('accuracy', notNegative(point['accuracyMeters']))
}

export const isTimelineObject = (value: unknown): boolean =>
  isObject(value) && (isObject(value['activitySegment']) || isObject(value['placeVisit']))

/** An object of Takeout's Semantic Location History, as it was until 2024: where an activity began and ended, and what its path, or that of a visit, has with times. */
export const takeTimelineObject = (object: JsonObject, bytes: number, maker: BlockMaker): void => {
  const isActivity = isObject(object['activitySegment'])
  const part = objectAt(object, isActivity ? 'activitySegment' : 'placeVisit')
  const reports = isActivity ? reportsOfActivity(part) : reportsOfPath(part)
  maker.begin({ units: Math.max(1, reports.length), bytes })
  if (!isActivity) maker.note(PLACES)
  if ('waypointPath' in part || 'transitPath' in part) maker.note(WITHOUT_TIMES)
  if (reports.length === 0) return maker.pass()
  for (let i = 0; i < reports.length; i++) maker.add(fill, reports, i)
}
