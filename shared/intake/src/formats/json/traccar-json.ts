import type { Block } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { atPath } from './at-path.ts'
import type { Fill } from './block-maker.ts'
import { firstBytes } from '../first-bytes.ts'
import { firstOfList } from './geojson.ts'
import { headOf } from './head.ts'
import { epochMs, instantOf } from './instants.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'
import { readRecords, type RecordReading } from './read-records.ts'
import { createOthers } from './set-others.ts'

const METRES_PER_SECOND = 1852 / 3600

/** Members of a position that are read otherwise. */
const POSITION = [
  'deviceId',
  'fixTime',
  'latitude',
  'longitude',
  'altitude',
  'speed',
  'course',
  'accuracy',
  'attributes',
]
/** Attributes that are well-known measures in their units. Its `battery` are volts and its `fuel` litres, which those measures are not. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  batteryLevel: 'battery',
  odometer: 'odometer',
  ignition: 'ignition',
  fuelLevel: 'fuel',
  driverUniqueId: 'driver_id',
}

const setOthers = createOthers(POSITION, 'said_')
const setAttributes = createOthers(Object.keys(ATTRIBUTES), 'attribute_')

interface Said {
  readonly position: JsonObject
  /** Where the position was forwarded with it. */
  readonly device: JsonObject | undefined
}

const timeMs = (value: unknown): number => (typeof value === 'number' ? epochMs(value, 1) : instantOf(value))

const numberOf = (value: unknown, factor: number): number | undefined =>
  typeof value === 'number' ? value * factor : undefined

const fill: Fill<readonly Said[]> = (table, all, i) => {
  const { position, device } = all[i]
  const { deviceId, accuracy, attributes } = position
  const id = device?.['uniqueId'] ?? deviceId
  table.set('vehicle_id', id === undefined || id === null ? undefined : String(id))
  table.set('vehicle_type', device?.['category'])
  table.set('event_time', timeMs(position['fixTime']))
  table.set('longitude', position['longitude'])
  table.set('latitude', position['latitude'])
  table.set('speed', numberOf(position['speed'], METRES_PER_SECOND))
  table.set('heading', position['course'])
  table.set('altitude', position['altitude'])
  // 0 is what a position has whose device says nothing of it.
  table.set('accuracy', accuracy === 0 ? undefined : accuracy)
  setOthers(table, position)
  if (device?.['name'] !== undefined) table.set('device_name', device['name'])
  if (!isObject(attributes)) return
  for (const name in ATTRIBUTES) if (name in attributes) table.set(ATTRIBUTES[name], attributes[name])
  setAttributes(table, attributes)
}

/** The positions of a record: itself, one that is forwarded, or those of a device in a report. */
const positionsOf = (record: JsonObject): Said[] => {
  const device = isObject(record['device']) ? record['device'] : undefined
  if (isObject(record['position'])) return [{ position: record['position'], device }]
  if (Array.isArray(record['positions']))
    return record['positions'].filter(isObject).map((position) => ({ position, device }))
  return [{ position: record, device }]
}

const take: RecordReading['take'] = ({ value, bytes, text }, maker) => {
  const positions = isObject(value) ? positionsOf(value) : []
  maker.begin({ units: Math.max(1, positions.length), bytes, ...(positions.length > 1 ? {} : { text }) })
  if (!isObject(value)) return maker.fault('not-an-object', 'the position is not a JSON object')
  if (positions.length === 0) return maker.pass()
  if (positions.some(({ position }) => !('latitude' in position)))
    return maker.fault('no-position', 'there is no position in it', text)
  for (let i = 0; i < positions.length; i++) maker.add(fill, positions, i)
  return undefined
}

async function* readTraccar(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const { isByLine } = headOf(await firstBytes(input, options.signal))
  yield* readRecords(input, options, {
    counts: 'position',
    isByLine: isByLine && options.path === undefined,
    decide: atPath(options.path ?? ''),
    instants: new Set(['event_time']),
    isUnitEach: false,
    take,
  })
}

const isPosition = (value: unknown): boolean =>
  isObject(value) && 'deviceId' in value && ('fixTime' in value || 'serverTime' in value)

const isTraccar = (value: unknown): boolean => {
  if (!isObject(value)) return false
  const { position, positions } = value
  return isPosition(value) || isPosition(position) || (Array.isArray(positions) && isPosition(positions[0]))
}

/**
 * Traccar's positions as its API, its reports and its forwarding give them: a list, one a line or a single one. The vehicle is the device's own id where it is forwarded, else its number in the server. A cursor counts
 * positions.
 */
export const traccarJson: Format = {
  name: 'traccar-json',
  title: 'Traccar JSON',
  counts: 'position',
  hasMeaning: true,
  sniff: (head) => (isTraccar(firstOfList(headOf(head).first)) ? 2 : 0),
  read: readTraccar,
}
