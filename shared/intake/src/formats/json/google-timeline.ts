import type { Format } from '../format.ts'
import type { Fill } from './block-maker.ts'
import type { Decide } from './cut-json.ts'
import { headOf } from './head.ts'
import { instantOf } from './instants.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'
import { readRecords, type RecordReading } from './read-records.ts'
import { notNegative } from './set-others.ts'
import type { Table } from './table.ts'
import { isTimelineObject, takeTimelineObject } from './timeline-object.ts'

/** `geo:31.2,121.4` of iPhones, `31.2°, 121.4°` of Android: latitude and longitude. */
const POINT = /^\s*(?:geo:)?\s*(-?\d+(?:\.\d+)?)°?\s*,\s*(-?\d+(?:\.\d+)?)°?\s*(?:[;,].*)?$/

const setPlace = (table: Table, point: unknown): void => {
  const [, latitude, longitude] = (typeof point === 'string' ? POINT.exec(point) : undefined) ?? []
  table.set('longitude', longitude === undefined ? undefined : Number(longitude))
  table.set('latitude', latitude === undefined ? undefined : Number(latitude))
}

interface Path {
  readonly startMs: number
  readonly points: readonly unknown[]
}

const fillPath: Fill<Path> = (table, { startMs, points }, i) => {
  const { point, time, durationMinutesOffsetFromStartTime: minutes } = points[i] as JsonObject
  table.set('event_time', time === undefined ? startMs + Number(minutes ?? NaN) * 60_000 : instantOf(time))
  setPlace(table, point)
}

const fillPosition: Fill<JsonObject> = (table, position) => {
  table.set('event_time', instantOf(position['timestamp']))
  setPlace(table, position['LatLng'] ?? position['latLng'] ?? position['point'])
  table.set('speed', notNegative(position['speedMetersPerSecond']))
  table.set('altitude', position['altitudeMeters'])
  table.set('accuracy', notNegative(position['accuracyMeters']))
  table.set('source', position['source'])
}

const take: RecordReading['take'] = ({ value, bytes, text }, maker) => {
  if (!isObject(value)) {
    maker.begin({ units: 1, bytes, text })
    return maker.fault('not-an-object', 'the record is not a JSON object')
  }
  if (isTimelineObject(value)) return takeTimelineObject(value, bytes, maker)
  const { timelinePath, position, startTime } = value
  if (Array.isArray(timelinePath) && timelinePath.length > 0) {
    maker.begin({ units: timelinePath.length, bytes })
    if (!timelinePath.every(isObject)) return maker.fault('not-an-object', 'a point of the path is not an object', text)
    const path = { startMs: instantOf(startTime), points: timelinePath }
    for (let i = 0; i < timelinePath.length; i++) maker.add(fillPath, path, i)
    return undefined
  }
  maker.begin({ units: 1, bytes, text })
  return isObject(position) ? maker.add(fillPosition, position, 0) : maker.pass()
}

const LISTS: ReadonlySet<string> = new Set(['semanticSegments', 'rawSignals', 'timelineObjects'])

const decide: Decide = (path, kind) => {
  if (path === '') return kind === 'array' ? 'elements' : 'enter'
  return kind === 'array' && LISTS.has(path) ? 'elements' : 'pass'
}

const isSegment = (value: unknown): boolean =>
  isObject(value) &&
  'startTime' in value &&
  ['timelinePath', 'visit', 'activity', 'timelineMemory'].some((name) => name in value)

/**
 * `Timeline.json` as phones export it: the points of paths, and the positions of raw signals; visits and activities are not reports. Takeout's months of before 2024 (`timelineObjects`), too. It names no vehicle. A cursor counts
 * points, and what is none.
 */
export const googleTimeline: Format = {
  name: 'google-timeline',
  title: 'Google Timeline',
  counts: 'record',
  hasMeaning: true,
  sniff: (head) => {
    const { first } = headOf(head)
    if (Array.isArray(first)) return first.some(isSegment) ? 2 : 0
    if (!isObject(first)) return 0
    const { semanticSegments, rawSignals, timelineObjects } = first
    const isOld = Array.isArray(timelineObjects) && timelineObjects.some(isTimelineObject)
    return isOld || Array.isArray(semanticSegments) || Array.isArray(rawSignals) ? 2 : 0
  },
  read: (input, options) =>
    readRecords(input, options, {
      counts: 'record',
      isByLine: false,
      decide,
      instants: new Set(['event_time']),
      isUnitEach: false,
      take,
    }),
}
