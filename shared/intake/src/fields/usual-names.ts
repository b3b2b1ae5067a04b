import type { ColumnName } from '@fleetlake/columnar'
import { plainUnit, type Quantity, type Unit, unitNamed } from '../values/units.ts'

/** Names that are taken for a column unless a person says otherwise, letters and digits only; the first that the input has counts. */
const USUAL: Readonly<Record<ColumnName, readonly string[]>> = {
  vehicle_id: [
    'vehicleid',
    'vehicleref',
    'nameid',
    'mmsi',
    'imei',
    'imeinumber',
    'deviceid',
    'deviceimei',
    'uniqueid',
    'trackerid',
    'terminalid',
    'unitid',
    'assetid',
    'taxiid',
    'cabid',
    'busid',
    'truckid',
    'carid',
    'bikeid',
    'vesselid',
    'shipid',
    'vin',
    'licenseplate',
    'licenceplate',
    'plate',
    'platenumber',
    'plateno',
    'numberplate',
    'registration',
    'registrationnumber',
    'vehicle',
    'vehiclenumber',
    'vehicleno',
    'device',
    'tracker',
    'imo',
    'trackid',
    'vehiclename',
    'devicename',
    'id',
    'name',
  ],
  vehicle_type: [
    'vehicletype',
    'vehicleclass',
    'vehiclecategory',
    'vesseltype',
    'shiptype',
    'type',
    'class',
    'category',
  ],
  event_time: [
    'eventtime',
    'basedatetime',
    'positiontime',
    'fixtime',
    'gpstime',
    'gpsdatetime',
    'gpstimestamp',
    'devicetime',
    'locationtime',
    'recordedat',
    'recordedtime',
    'recordtime',
    'timestamp',
    'datetime',
    'dateandtime',
    'isotime',
    'time',
    'ts',
    'tst',
    'epoch',
    'epochtime',
    'unixtime',
    'unixtimestamp',
    'utc',
    'localtime',
    'localdatetime',
    'date',
  ],
  longitude: ['longitude', 'lon', 'lng', 'long'],
  latitude: ['latitude', 'lat'],
  speed: ['speed', 'velocity', 'groundspeed', 'speedoverground', 'spd', 'sog'],
  heading: [
    'heading',
    'trueheading',
    'hdg',
    'bearing',
    'course',
    'courseoverground',
    'cog',
    'azimuth',
    'direction',
    'angle',
  ],
}

/** Names of a row's own, or of people and places, as often as of a vehicle. */
export const WEAK_IDS: ReadonlySet<string> = new Set(['id', 'name'])

/** Taken for coordinates only where the values are degrees. */
export const WEAK_COORDINATES: Readonly<Record<'longitude' | 'latitude', string>> = { longitude: 'x', latitude: 'y' }

/** Names of a field with both coordinates in a cell, letters only; the first that the input has counts. */
const POINTS: readonly string[] = [
  'latlon',
  'latlng',
  'latlong',
  'lonlat',
  'lnglat',
  'longlat',
  'latitudelongitude',
  'longitudelatitude',
  'point',
  'geopoint',
  'gpspoint',
  'location',
  'gpslocation',
  'geolocation',
  'lastlocation',
  'currentlocation',
  'position',
  'gpsposition',
  'lastposition',
  'coordinates',
  'gpscoordinates',
  'geocoordinates',
  'coordinate',
  'coords',
  'coord',
  'geom',
  'geometry',
  'thegeom',
  'shape',
  'wkt',
  'wktgeom',
  'wkb',
  'gps',
  'geo',
  'loc',
  'pos',
  'place',
]

/** Names of a day whose time of day is in another field. */
export const DATE_NAMES: readonly string[] = [
  'date',
  'gpsdate',
  'utcdate',
  'dateutc',
  'localdate',
  'eventdate',
  'positiondate',
  'recordeddate',
  'fixdate',
  'day',
]

/** What stands before the names of coordinates and motion. */
const PREFIX = /^(?:gps|gnss|position|pos|location|loc|geo|coords?|coordinates?|wgs84|fix|vehicle|current|last)(?=.)/
const SUFFIX = /(?:wgs84|deg|degrees?|dd|ns|ew)$/
/** What a time's name may say of its unit; the values decide. */
const TIME_UNIT = /(?:ms|us|ns|s|secs?|seconds|millis|milliseconds|micros|microseconds|nanos|nanoseconds)$/

/** Letters and digits of a name, in small letters. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

const IN_BRACKETS = /^(.*\S)\s*(?:\(([^()]*)\)|\[([^[\]]*)\])\s*$/s

/** `Speed (km/h)` in two. */
const bracketsOf = (name: string): { readonly base: string; readonly inside: string | undefined } => {
  const [, base, round, square] = IN_BRACKETS.exec(name) ?? []
  return base === undefined ? { base: name, inside: undefined } : { base, inside: round ?? square }
}

const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}%°]+/u)
    .filter((word) => word !== '')

/** The unit in a field's name, of a quantity or of any: in brackets, or as its last words, such as `speed_km_h`, `altitudeFt`; with what stands before it. */
export const unitInName = (
  name: string,
  quantity?: Quantity,
): { readonly unit: Unit; readonly base: string } | undefined => {
  const { base, inside } = bracketsOf(name)
  const unit = inside === undefined ? undefined : unitNamed(inside, quantity)
  if (unit !== undefined) return { unit, base: plainName(base) }
  const words = wordsOf(name)
  for (let count = Math.min(3, words.length - 1); count > 0; count--) {
    const found = unitNamed(words.slice(-count).join(''), quantity)
    if (found !== undefined) return { unit: found, base: plainName(words.slice(0, -count).join('')) }
  }
  return undefined
}

/** The last part of the path of a nested name, `position.coords.lat`. */
const lastPart = (name: string): string => name.split(/[./]/).findLast((part) => part !== '') ?? name

/** A field whose name is usual for a column. */
export interface Match {
  readonly name: string
  /** Less is better: its place among the usual names. */
  readonly rank: number
  readonly plain: string
  readonly unit: Unit | undefined
}

interface Found {
  readonly index: number
  readonly plain: string
  readonly unit?: Unit | undefined
}

/** The fields whose names are usual for both coordinates in a cell, the best first. */
export const pointNamesIn = (names: readonly string[]): string[] =>
  names
    .map((name) => ({
      name,
      rank: [name, lastPart(name)]
        .map((each) => POINTS.indexOf(plainName(bracketsOf(each).base)))
        .find((at) => at >= 0),
    }))
    .filter((found): found is { name: string; rank: number } => found.rank !== undefined)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ name }) => name)

const indexIn = (column: ColumnName, plain: string): Found | undefined => {
  const index = USUAL[column].indexOf(plain)
  return index < 0 ? undefined : { index, plain }
}

const findTime = (name: string): Found | undefined => {
  const plain = plainName(bracketsOf(name).base)
  const bare = plain.replace(/^utc(?=.)|(?<=.)utc$/, '')
  return (
    indexIn('event_time', plain) ?? indexIn('event_time', bare) ?? indexIn('event_time', bare.replace(TIME_UNIT, ''))
  )
}

const findAngle = (name: string, column: 'longitude' | 'latitude'): Found | undefined => {
  const plain = plainName(bracketsOf(name).base)
  const bare = plain.replace(PREFIX, '')
  return (
    indexIn(column, plain) ??
    indexIn(column, bare) ??
    indexIn(column, plain.replace(SUFFIX, '')) ??
    indexIn(column, bare.replace(SUFFIX, ''))
  )
}

const findQuantity = (name: string, column: 'speed' | 'heading'): Found | undefined => {
  const quantity = column === 'speed' ? 'speed' : 'angle'
  const inName = unitInName(name, quantity)
  const plain = plainName(name)
  for (const base of inName === undefined ? [plain] : [inName.base, plain]) {
    const found = indexIn(column, base) ?? indexIn(column, base.replace(PREFIX, ''))
    if (found !== undefined) return { ...found, ...(base === plain ? {} : { unit: inName?.unit }) }
  }
  // Without anything between: speedkmh.
  for (const [index, usual] of USUAL[column].entries()) {
    const unit = plain.startsWith(usual) ? unitNamed(plainUnit(plain.slice(usual.length)), quantity) : undefined
    if (unit !== undefined) return { index, plain: usual, unit }
  }
  return undefined
}

const find = (name: string, column: ColumnName): Found | undefined => {
  switch (column) {
    case 'event_time':
      return findTime(name)
    case 'longitude':
    case 'latitude':
      return findAngle(name, column)
    case 'speed':
    case 'heading':
      return findQuantity(name, column)
    case 'vehicle_id':
    case 'vehicle_type':
      return indexIn(column, plainName(bracketsOf(name).base))
  }
}

/** The fields whose names are usual for a column, the best first. Whole names come before the last parts of nested ones. */
export const matchesOf = (names: readonly string[], column: ColumnName): Match[] =>
  names
    .flatMap((name): Match[] => {
      // A column's own name, to the letter, before all that only come near to it: our own exports have measures of any name beside.
      if (name === column) return [{ name, rank: -1, plain: plainName(name), unit: undefined }]
      const whole = find(name, column)
      if (whole !== undefined) return [{ name, rank: whole.index, plain: whole.plain, unit: whole.unit }]
      const part = lastPart(name)
      const found = part === name ? undefined : find(part, column)
      return found === undefined ? [] : [{ name, rank: 1_000 + found.index, plain: found.plain, unit: found.unit }]
    })
    .toSorted((a, b) => a.rank - b.rank)

/** Whether a name says that its times are UTC: `time_utc`, `Date (UTC)`. */
export const saysUtc = (name: string): boolean => /^(?:utc|gmt)(?!\d)|(?:utc|gmt)$/.test(plainName(name))

const HEMISPHERES = {
  latitude:
    /^(?:lat(?:itude)?)?(?:ns|northsouth|nors)(?:indicator|hemisphere|hemi|ind)?$|^(?:gps)?lat(?:itude)?(?:hemisphere|hemi|dir|direction|ref|indicator|ind)$/,
  longitude:
    /^(?:lon(?:gitude)?|lng)?(?:ew|eastwest|eorw)(?:indicator|hemisphere|hemi|ind)?$|^(?:gps)?(?:lon(?:gitude)?|lng)(?:hemisphere|hemi|dir|direction|ref|indicator|ind)$/,
} as const

/** Whether a name is one of a field with N, S, E or W. */
export const isHemisphereName = (name: string, axis: 'longitude' | 'latitude'): boolean =>
  HEMISPHERES[axis].test(plainName(name))

/** Words at the end of names that may be meant, though they are not usual: `pickup_longitude`, `tpep_pickup_datetime`. */
const LIKELY: Readonly<Record<'vehicle_id' | 'event_time' | 'longitude' | 'latitude', RegExp>> = {
  vehicle_id: /(?:vehicle|device|car|bus|taxi|cab|truck|bike|unit|tracker)(?:id|no|number|nr)$|plate$/,
  event_time: /(?:time|date|timestamp|datetime)$/,
  longitude: /(?:longitude|lon|lng)$/,
  latitude: /(?:latitude|lat)$/,
}

/** A field that may be meant for a column, as an example for a person. */
export const likelyField = (names: readonly string[], column: keyof typeof LIKELY): string | undefined =>
  names.find((name) => LIKELY[column].test(plainName(name)))
