import type { Block } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { atPath } from './at-path.ts'
import type { Fill } from './block-maker.ts'
import { firstBytes } from '../first-bytes.ts'
import { firstOfList } from './geojson.ts'
import { headOf } from './head.ts'
import { epochMs } from './instants.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'
import { readRecords, type RecordReading } from './read-records.ts'
import { createOthers, notNegative } from './set-others.ts'

/** A line of OwnTracks' Recorder: when it was received, what it is (`*` for what was published), and the JSON. */
const REC_LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t([^\t]*)\t(.*)$/s

const KNOWN = ['_type', 'tst', 'lat', 'lon', 'vel', 'cog', 'alt', 'acc', 'batt']
const setOthers = createOthers(KNOWN, 'said_')

/** Whose it is: `<user>/<device>`, of the topic or as the Recorder says it; else the two letters that a person chose. */
const vehicleOf = ({ topic, username, device, tid }: JsonObject): unknown => {
  if (typeof topic === 'string' && topic !== '') return topic.replace(/^owntracks\//, '')
  return typeof username === 'string' && typeof device === 'string' ? `${username}/${device}` : tid
}

const fill: Fill<JsonObject> = (table, location) => {
  const speedKmh = notNegative(location['vel'])
  table.set('vehicle_id', vehicleOf(location))
  table.set('event_time', epochMs(location['tst'], 1_000))
  table.set('longitude', location['lon'])
  table.set('latitude', location['lat'])
  table.set('speed', speedKmh === undefined ? undefined : speedKmh / 3.6)
  table.set('heading', notNegative(location['cog']))
  table.set('altitude', location['alt'])
  table.set('accuracy', notNegative(location['acc']))
  table.set('battery', notNegative(location['batt']))
  setOthers(table, location)
}

const take: RecordReading['take'] = ({ value, bytes, text }, maker) => {
  maker.begin({ units: 1, bytes, text })
  if (!isObject(value)) maker.fault('not-an-object', 'the record is not a JSON object')
  else if (value['_type'] === 'location') maker.add(fill, value, 0)
  else if (value['_type'] === 'encrypted') maker.fault('encrypted', 'the payload is encrypted: export it decrypted')
  else maker.pass()
}

const recJson = (line: string): string | undefined => {
  const [, kind, json] = REC_LINE.exec(line) ?? []
  // What is no line of the Recorder is told as no JSON.
  if (kind === undefined) return line
  return kind.trim() === '*' ? json : undefined
}

const isRec = (head: Uint8Array): boolean => REC_LINE.test(new TextDecoder().decode(head).split('\n', 1)[0])

/** Of a document of the Recorder's API the list of locations. */
const listOf = (first: unknown): string | undefined =>
  isObject(first) && Array.isArray(first['data']) ? 'data' : undefined

async function* readOwnTracks(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const head = await firstBytes(input, options.signal)
  const { first, isByLine } = headOf(head)
  const path = options.path ?? listOf(first)
  const isRecorded = isRec(head)
  yield* readRecords(input, options, {
    counts: 'record',
    isByLine: isRecorded || (isByLine && path === undefined),
    ...(isRecorded ? { jsonOf: recJson } : {}),
    decide: atPath(path ?? ''),
    instants: new Set(['event_time']),
    isUnitEach: true,
    take,
  })
}

const isOwnTracks = (value: unknown): boolean =>
  isObject(value) && typeof value['_type'] === 'string' && OF_OWNTRACKS.has(value['_type'])

const OF_OWNTRACKS: ReadonlySet<string> = new Set([
  'location',
  'encrypted',
  'transition',
  'waypoint',
  'waypoints',
  'lwt',
  'card',
  'configuration',
  'cmd',
  'steps',
  'beacon',
  'dump',
  'status',
])

/** OwnTracks: files of its Recorder (`.rec`), and its JSON as lines, as a list, or as the Recorder's API answers. Locations are rows; waypoints, transitions and others are not. A cursor counts records. */
export const owntracks: Format = {
  name: 'owntracks',
  title: 'OwnTracks',
  counts: 'record',
  hasMeaning: true,
  sniff: (head) => {
    if (isRec(head)) return 2
    const { first } = headOf(head)
    const list = listOf(first) === undefined ? first : (first as JsonObject)['data']
    return isOwnTracks(firstOfList(list)) ? 2 : 0
  },
  read: readOwnTracks,
}
