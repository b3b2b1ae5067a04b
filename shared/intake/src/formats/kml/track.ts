import { parseDateTime } from '../../values/date-time.ts'
import { parseDecimal } from '../building/parse-decimal.ts'

/** The positions of a `gx:Track` by columns: its times come first, then its places, then what else is known; all are one a position. */
export interface Track {
  readonly times: (number | string | undefined)[]
  readonly coordinates: (Coordinates | undefined)[]
  readonly angles: (number | undefined)[]
  /** `gx:SimpleArrayData` by name. */
  readonly arrays: Map<string, string[]>
  /** As far as a text of it can't be read: the text, by position. */
  readonly unread: Map<number, string>
  altitudeMode: string
  /** About what it takes. */
  bytes: number
}

export interface Coordinates {
  readonly longitude: number
  readonly latitude: number
  readonly altitude: number | undefined
}

export const newTrack = (): Track => ({
  times: [],
  coordinates: [],
  angles: [],
  arrays: new Map(),
  unread: new Map(),
  altitudeMode: '',
  bytes: 0,
})

/** Of a time, of a place. */
const POSITION_BYTES = 32

const addUnread = ({ unread }: Track, position: number, text: string): void => {
  unread.set(position, `${unread.get(position) ?? ''}${text}`)
}

export const addTime = (track: Track, text: string): void => {
  const time = parseDateTime(text)
  if (time === undefined) addUnread(track, track.times.length, `<when>${text}</when>`)
  track.times.push(time)
  track.bytes += POSITION_BYTES + (time === undefined ? text.length : 0)
}

export const addCoordinates = (track: Track, text: string): void => {
  const coordinates = parseCoordinates(text, /\s+/)
  if (coordinates === undefined) addUnread(track, track.coordinates.length, `<gx:coord>${text}</gx:coord>`)
  track.coordinates.push(coordinates)
  track.bytes += POSITION_BYTES + (coordinates === undefined ? text.length : 0)
}

/** Heading, tilt and roll; the latter are not taken. */
export const addAngles = (track: Track, text: string): void => {
  track.angles.push(parseDecimal(text.trim().split(/\s+/)[0]))
  track.bytes += POSITION_BYTES / 4
}

export const addArrayValue = (track: Track, name: string, text: string): void => {
  const values = track.arrays.get(name)
  if (values === undefined) track.arrays.set(name, [text])
  else values.push(text)
  track.bytes += POSITION_BYTES / 2 + text.length
}

/** Longitude, latitude and, where it is there, altitude. */
export const parseCoordinates = (text: string, separator: RegExp): Coordinates | undefined => {
  const [east, north, up] = text.trim().split(separator)
  const [longitude, latitude] = [parseDecimal(east), parseDecimal(north)]
  return longitude === undefined || latitude === undefined
    ? undefined
    : { longitude, latitude, altitude: parseDecimal(up) }
}

/**
 * An altitude above the sea: what lies on the ground, as places do where nothing else is said, has none, for which most write 0; of what is relative to the ground it is not known.
 */
export const altitudeOf = (mode: string, altitude: number | undefined): number | undefined => {
  if (mode === 'absolute') return altitude
  return altitude === 0 || mode.startsWith('relativeTo') ? undefined : altitude
}
