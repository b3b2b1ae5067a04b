import type { Format } from '../format.ts'
import { atPath } from './at-path.ts'
import type { Fill } from './block-maker.ts'
import { degreesOfE7 } from './degrees-e7.ts'
import { headOf } from './head.ts'
import { epochMs, instantOf } from './instants.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'
import { readRecords, type RecordReading } from './read-records.ts'
import { createOthers, notNegative } from './set-others.ts'

const KNOWN = [
  'latitudeE7',
  'longitudeE7',
  'timestamp',
  'timestampMs',
  'deviceTag',
  'velocity',
  'heading',
  'altitude',
  'accuracy',
  'source',
]
const setOthers = createOthers(KNOWN, 'said_')

const fill: Fill<JsonObject> = (table, location) => {
  const { timestamp, timestampMs, deviceTag } = location
  table.set('vehicle_id', deviceTag === undefined || deviceTag === null ? undefined : String(deviceTag))
  table.set('event_time', timestampMs === undefined ? instantOf(timestamp) : epochMs(timestampMs, 1))
  table.set('longitude', degreesOfE7(location['longitudeE7'], 180))
  table.set('latitude', degreesOfE7(location['latitudeE7'], 90))
  table.set('speed', notNegative(location['velocity']))
  table.set('heading', notNegative(location['heading']))
  table.set('altitude', location['altitude'])
  table.set('accuracy', notNegative(location['accuracy']))
  table.set('source', location['source'])
  setOthers(table, location)
}

const take: RecordReading['take'] = ({ value, bytes, text }, maker) => {
  maker.begin({ units: 1, bytes, text })
  if (!isObject(value)) maker.fault('not-an-object', 'the location is not a JSON object')
  else if (typeof value['latitudeE7'] !== 'number' || typeof value['longitudeE7'] !== 'number')
    maker.fault('no-position', 'the location has no latitudeE7 and longitudeE7')
  else maker.add(fill, value, 0)
}

/** `Records.json` of Google Takeout (in older ones `Location History.json`); the vehicle is the device's tag. A cursor counts locations. */
export const googleRecords: Format = {
  name: 'google-records',
  title: 'Google Records',
  counts: 'location',
  hasMeaning: true,
  sniff: (head) => {
    const { first } = headOf(head)
    const locations = isObject(first) ? first['locations'] : undefined
    if (!Array.isArray(locations)) return 0
    return locations.some((each) => isObject(each) && (each['latitudeE7'] ?? each['timestampMs']) !== undefined) ? 2 : 0
  },
  read: (input, options) =>
    readRecords(input, options, {
      counts: 'location',
      isByLine: false,
      decide: atPath(options.path ?? 'locations'),
      instants: new Set(['event_time']),
      isUnitEach: true,
      take,
    }),
}
