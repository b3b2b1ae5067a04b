import { FleetError } from '@fleetlake/core'
import type { RowCounter } from '../building/count-rows.ts'
import { parseUtc } from '../../values/date-time.ts'
import { unknownName } from '../building/field-name.ts'
import { parseDecimal } from '../building/parse-decimal.ts'
import type { Format } from '../format.ts'
import { readXmlRows } from '../xml/read-xml-rows.ts'
import { rootOf } from '../xml/sniff-root.ts'
import { localName, type XmlListener } from '../xml/xml-reader.ts'

/**
 * GPX 1.0 and 1.1: points of tracks; waypoints and points of routes that have a time. A track's name is the vehicle's id. Speed is m/s and course degrees in GPX 1.0, in Garmin's
 * TrackPointExtension and in OsmAnd's; of other extensions the unit is not known. Times are UTC.
 */
export const GPX: Format = {
  name: 'gpx',
  title: 'GPX',
  counts: 'point',
  hasMeaning: true,
  sniff: (head) => (rootOf(head) === 'gpx' ? 2 : 0),
  read: (input, options) =>
    readXmlRows(input, options, (rows, position) => createGpxListener(rows, position, input.name)),
}

/** Fields by the names of a point's elements; `true` for numbers. */
type Known = Readonly<Record<string, readonly [field: string, isNumber?: boolean]>>

const OF_POINT: Known = {
  ele: ['altitude', true],
  speed: ['speed', true],
  course: ['heading', true],
  magvar: ['magnetic_variation', true],
  geoidheight: ['geoid_height', true],
  fix: ['fix'],
  sat: ['satellites', true],
  hdop: ['hdop', true],
  vdop: ['vdop', true],
  pdop: ['pdop', true],
  src: ['source'],
  cmt: ['comment'],
  desc: ['description'],
  sym: ['symbol'],
}
/** Garmin's TrackPointExtension, both versions. */
const OF_TRACK_POINT_EXTENSION: Known = {
  speed: ['speed', true],
  course: ['heading', true],
  atemp: ['temperature', true],
  wtemp: ['water_temperature', true],
  hr: ['heart_rate', true],
  cad: ['cadence', true],
}

const POINTS = new Set(['trkpt', 'wpt', 'rtept'])
const LINES = new Set(['trk', 'rte'])
/** Of a document. */
const MAX_FIELDS = 256
const MAX_POINT_CHARACTERS = 1024 * 1024

interface Point {
  readonly kind: string
  /** Of its element. */
  readonly depth: number
  readonly from: number
  readonly attributes: Readonly<Record<string, string>>
  time?: string
  readonly values: [field: string, isNumber: boolean, text: string][]
}

const createGpxListener = (rows: RowCounter, position: () => number, file: string): XmlListener => {
  const { fields } = rows
  const setId = fields.value('vehicle_id')
  const setType = fields.value('vehicle_type')
  const setTime = fields.time('event_time')
  const setLongitude = fields.number('longitude')
  const setLatitude = fields.number('latitude')
  const setSpeed = fields.number('speed')
  const setHeading = fields.number('heading')
  const names = new Set<string>()
  /** Local names of the elements that are open. */
  const path: string[] = []
  let isOwn = false
  let measurePrefix = ''
  /** Of the track or route in hand. */
  let [id, type] = ['', '']
  let point: Point | undefined
  let place = 0
  let lastEnd = 0
  /** The last point of the track in hand, of our own exports. */
  let previous = ''

  const isMeasure = (name: string): boolean => measurePrefix !== '' && name.startsWith(measurePrefix)
  const fieldOf = (name: string, depth: number): readonly [field: string, isNumber?: boolean] | undefined => {
    const local = localName(name)
    if (path.length === depth + 2) return OF_POINT[local] ?? [unknownName(local)]
    if (path[depth + 1] !== 'extensions') return undefined
    if (isMeasure(name)) return [local]
    if (name === 'osmand:speed') return ['speed', true]
    const garmin = path.at(-2) === 'TrackPointExtension' ? OF_TRACK_POINT_EXTENSION[local] : undefined
    return garmin ?? [unknownName(local)]
  }
  const addValue = ({ depth, from, values }: Point, name: string, text: string): void => {
    const known = fieldOf(name, depth)
    if (known === undefined) return
    const [field, isNumber = false] = known
    names.add(field)
    if (names.size > MAX_FIELDS)
      throw new FleetError('import.invalid', `${file}: its points have more than ${MAX_FIELDS} different elements`)
    if (position() - from > MAX_POINT_CHARACTERS)
      throw new FleetError(
        'import.invalid',
        `${file}, point ${place + 1}: it has more than ${MAX_POINT_CHARACTERS} characters`,
      )
    values.push([field, isNumber, text])
  }
  /** In our own exports a stretch of one report has it twice, and the report at which a long one is cut is in both parts. */
  const isRepeated = ({ attributes, time, values }: Point): boolean => {
    if (!isOwn) return false
    const before = previous
    previous = JSON.stringify([attributes, time, values])
    return previous === before
  }
  const endPoint = (ended: Point): void => {
    const { kind, attributes, time, values } = ended
    const characters = position() - lastEnd
    lastEnd = position()
    if (isRepeated(ended)) return
    place++
    if ((kind !== 'trkpt' && time === undefined) || !rows.begin()) return
    const [longitude, latitude] = [parseDecimal(attributes['lon']), parseDecimal(attributes['lat'])]
    const timeMs = time === undefined ? undefined : parseUtc(time)
    if (kind !== 'wpt' && id !== '') setId(id)
    if (type !== '') (isOwn ? setType : fields.value('track_type'))(type)
    setTime(timeMs)
    setLongitude(longitude)
    setLatitude(latitude)
    for (const [field, isNumber, text] of values) {
      const value = isNumber ? parseDecimal(text) : text
      if (field === 'speed') setSpeed(value as number | undefined)
      else if (field === 'heading') setHeading(value as number | undefined)
      else fields.value(field)(value)
    }
    const isWhole = longitude !== undefined && latitude !== undefined && timeMs !== undefined
    rows.end(place, characters, isWhole ? undefined : writtenPoint(ended))
  }

  return {
    open: (name, attributes) => {
      const local = localName(name)
      path.push(local)
      if (point !== undefined) return
      if (POINTS.has(local)) point = { kind: local, depth: path.length - 1, from: position(), attributes, values: [] }
      else if (LINES.has(local)) [id, type, previous] = ['', '', '']
      else if (path.length === 1) {
        isOwn = attributes['creator'] === 'Fleetlake'
        // What they do not say of a point is not known.
        if (isOwn) for (const each of ['speed', 'heading']) fields.keep(each)
        measurePrefix = attributes['xmlns:measure'] === 'urn:fleetlake:measure' ? 'measure:' : ''
      }
    },
    close: (name, text) => {
      const local = path.at(-1)
      if (point === undefined) {
        const isOfLine = LINES.has(path.at(-2) ?? '')
        if (isOfLine && local === 'name') id = text
        if (isOfLine && local === 'type') type = text
      } else if (path.length === point.depth + 1) {
        endPoint(point)
        point = undefined
      } else if (path.length === point.depth + 2 && local === 'time') point.time = text
      else if (text.trim() !== '' || (text !== '' && isMeasure(name))) addValue(point, name, text)
      path.pop()
    },
  }
}

const writtenPoint = ({ kind, attributes: { lat = '', lon = '' }, time }: Point): string =>
  `<${kind} lat="${lat}" lon="${lon}">${time === undefined ? '' : `<time>${time}</time>`}</${kind}>`
