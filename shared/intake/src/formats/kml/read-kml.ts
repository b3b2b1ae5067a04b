import { FleetError } from '@fleetlake/core'
import type { RowCounter } from '../building/count-rows.ts'
import { parseDateTime } from '../../values/date-time.ts'
import type { Format } from '../format.ts'
import { readXmlRows } from '../xml/read-xml-rows.ts'
import { rootOf } from '../xml/sniff-root.ts'
import { localName, type XmlListener } from '../xml/xml-reader.ts'
import { createFieldNames } from './field-names.ts'
import {
  addAngles,
  addArrayValue,
  addCoordinates,
  addTime,
  altitudeOf,
  newTrack,
  parseCoordinates,
  type Track,
} from './track.ts'

/**
 * KML 2.2 with Google's extensions, and 2.3: positions of `gx:Track`s, alone or in a `gx:MultiTrack`, with their `gx:SimpleArrayData`; placemarks with a `TimeStamp` and a `Point`. A placemark's name is
 * the vehicle's id. Places without a time are none of a vehicle and are passed over.
 */
export const KML: Format = {
  name: 'kml',
  title: 'KML',
  counts: 'position',
  hasMeaning: true,
  sniff: (head) => (rootOf(head) === 'kml' ? 2 : 0),
  read: (input, options) =>
    readXmlRows(input, options, (rows, position) => createKmlListener(rows, position, input.name)),
}

/** Its times come before its places: a track is held whole. */
const MAX_TRACK_BYTES = 256 * 1024 * 1024
const MAX_PLACEMARK_CHARACTERS = 1024 * 1024
const MAX_FIELDS = 256
/** Elements that say the name of what is in them. */
const NAMED = new Set(['SimpleArrayField', 'SimpleArrayData', 'SimpleData', 'Data'])

interface Placemark {
  /** Of its element. */
  readonly depth: number
  name: string
  when: string | undefined
  coordinates: string | undefined
  altitudeMode: string
  /** Extended data, by name. */
  readonly data: Map<string, string>
  /** Characters of the texts in hand. */
  characters: number
}

const createKmlListener = (rows: RowCounter, position: () => number, file: string): XmlListener => {
  const { fields } = rows
  const setId = fields.value('vehicle_id')
  const setTime = fields.time('event_time')
  const setLongitude = fields.number('longitude')
  const setLatitude = fields.number('latitude')
  const names = createFieldNames(fields)
  const path: string[] = []
  let isOwn = false
  let placemark: Placemark | undefined
  let track: Track | undefined
  /** Of the array or the data in hand. */
  let dataName = ''
  let place = 0
  let lastEnd = 0
  /** Points, lines and areas, most of which have no time. */
  let shapes = 0
  /** The last report of the track before, of our own exports. */
  let previous = ''

  const setData = ({ data }: Placemark): void => {
    for (const [name, text] of data) names.set(name, text)
  }
  const endPoint = (ended: Placemark): void => {
    const { name, when, coordinates, altitudeMode } = ended
    if (when === undefined || coordinates === undefined) return
    place++
    const characters = position() - lastEnd
    lastEnd = position()
    if (!rows.begin()) return
    const [time, at] = [parseDateTime(when), parseCoordinates(coordinates, /\s*,\s*|\s+/)]
    setId(nameOf(name))
    setTime(time)
    setLongitude(at?.longitude)
    setLatitude(at?.latitude)
    fields.value('altitude')(altitudeOf(altitudeMode, at?.altitude))
    setData(ended)
    const isWhole = time !== undefined && at !== undefined
    rows.end(
      place,
      characters,
      isWhole ? undefined : `<when>${when}</when><Point><coordinates>${coordinates}</coordinates></Point>`,
    )
  }
  const faultOfTrack = (detail: string): void =>
    rows.fault({ place: place + 1, reason: 'malformed', detail, text: placemark?.name ?? '' })

  /** In our own exports the report at which a long stretch is cut is in both parts. */
  const endTrack = ({ times, coordinates, angles, arrays, unread, altitudeMode, bytes }: Track): void => {
    if (times.length !== coordinates.length) {
      faultOfTrack(
        `a track has ${times.length} times and ${coordinates.length} places: which belong together is not known`,
      )
      place += Math.max(times.length, coordinates.length)
      return
    }
    const known = [...arrays].filter(([name, values]) => {
      if (values.length === times.length) return true
      faultOfTrack(`a track of ${times.length} positions has ${values.length} values of "${name}", which are left out`)
      return false
    })
    const hasAngles = angles.length === times.length
    const setAltitude = fields.value('altitude')
    const setHeading = fields.number('heading')
    const reportAt = (i: number): string =>
      JSON.stringify([times[i], coordinates[i], known.map(([, values]) => values[i])])
    const isRepeated = isOwn && times.length > 0 && reportAt(0) === previous
    if (isOwn && times.length > 0) previous = reportAt(times.length - 1)
    for (let i = isRepeated ? 1 : 0; i < times.length; i++) {
      place++
      if (!rows.begin()) continue
      const at = coordinates[i]
      setId(nameOf(placemark?.name ?? ''))
      setTime(times[i])
      setLongitude(at?.longitude)
      setLatitude(at?.latitude)
      setAltitude(altitudeOf(altitudeMode, at?.altitude))
      if (hasAngles) setHeading(angles[i])
      if (placemark !== undefined) setData(placemark)
      for (const [name, values] of known) names.set(name, values[i])
      rows.end(place, bytes / times.length, unread.get(i))
    }
  }
  const checkBounds = (text: string): void => {
    if (placemark !== undefined && track === undefined) placemark.characters += text.length
    if (track !== undefined && track.bytes > MAX_TRACK_BYTES)
      throw new FleetError(
        'import.invalid',
        `${file}: a track takes more than ${MAX_TRACK_BYTES} bytes: cut it into parts`,
      )
    if ((placemark?.characters ?? 0) > MAX_PLACEMARK_CHARACTERS)
      throw new FleetError(
        'import.invalid',
        `${file}: a placemark has more than ${MAX_PLACEMARK_CHARACTERS} characters`,
      )
    if (names.size() > MAX_FIELDS || (placemark?.data.size ?? 0) > MAX_FIELDS || (track?.arrays.size ?? 0) > MAX_FIELDS)
      throw new FleetError('import.invalid', `${file}: its positions have more than ${MAX_FIELDS} different data`)
  }

  const closeInTrack = (held: Track, local: string, text: string): void => {
    if (local === 'when') addTime(held, text)
    else if (local === 'coord') addCoordinates(held, text)
    else if (local === 'angles') addAngles(held, text)
    else if (local === 'altitudeMode' && path.at(-2) === 'Track') held.altitudeMode = text.trim()
    else if (local === 'value' && path.at(-2) === 'SimpleArrayData') addArrayValue(held, dataName, text)
    else if (local === 'Track') {
      endTrack(held)
      track = undefined
    }
  }
  const closeInPlacemark = (held: Placemark, local: string, text: string): void => {
    const parent = path.at(-2)
    if (local === 'name' && path.length === held.depth + 2) held.name = text
    else if (local === 'when' && parent === 'TimeStamp' && path.length === held.depth + 3) held.when = text
    else if (local === 'coordinates' && parent === 'Point') held.coordinates = text
    else if (local === 'altitudeMode' && parent === 'Point') held.altitudeMode = text.trim()
    else if ((local === 'value' && parent === 'Data') || local === 'SimpleData') held.data.set(dataName, text)
    else if (path.length === held.depth + 1) {
      endPoint(held)
      placemark = undefined
    }
  }

  return {
    open: (name, attributes) => {
      const local = localName(name)
      path.push(local)
      if (local === 'Placemark' && placemark === undefined)
        placemark = {
          depth: path.length - 1,
          name: '',
          when: undefined,
          coordinates: undefined,
          altitudeMode: '',
          data: new Map(),
          characters: 0,
        }
      else if (local === 'Track' && track === undefined) track = newTrack()
      else if (local === 'MultiTrack') previous = ''
      else if (local === 'Schema') {
        isOwn = attributes['id'] === 'report'
        // What they do not say of a report is not known.
        if (isOwn) for (const each of ['speed', 'heading']) fields.keep(each)
      } else if (NAMED.has(local)) {
        dataName = attributes['name'] ?? ''
        if (local === 'SimpleArrayData') track?.arrays.set(dataName, [])
      }
    },
    close: (_, text) => {
      const local = path.at(-1)!
      checkBounds(text)
      if (local === 'coordinates') shapes++
      if (path.length === 1 && place === 0 && shapes > 0)
        throw new FleetError(
          'import.invalid',
          `${file}: its places have no times: what has none is no report of a vehicle`,
        )
      if (track !== undefined) closeInTrack(track, local, text)
      else if (placemark !== undefined) closeInPlacemark(placemark, local, text)
      else if (local === 'displayName') names.describe(dataName, text)
      path.pop()
    },
  }
}

const nameOf = (name: string): string | undefined => (name === '' ? undefined : name)
