import { plainName } from './usual-names.ts'

/** Tables that are known by their columns: what these mean, and in which units they are, need not be said then. */
export interface KnownTable {
  /** For sentences: "tables of AIS". */
  readonly title: string
  /** "Not available" is written as AIS has it. */
  readonly isAis: boolean
  /** The unit of a speed that names none, by the plain name of its field. */
  readonly speeds: Readonly<Record<string, string>>
  /** Plain names of times that are of UTC and do not say so. */
  readonly utcTimes: ReadonlySet<string>
  /** Well-known measures by the plain names of their fields; undefined for a field that is called like one and is none. */
  readonly measures: ReadonlyMap<string, string | undefined>
}

/** Vehicles by MMSI, with speed or course over ground. Those of Marine Cadastre and of the Danish Maritime Authority are of UTC. */
const AIS: KnownTable = {
  title: 'tables of AIS',
  isAis: true,
  speeds: { sog: 'kn' },
  utcTimes: new Set(['basedatetime']),
  measures: new Map(),
}
const DANISH_AIS: KnownTable = { ...AIS, utcTimes: new Set(['timestamp']) }

/** What Traccar's server exports as CSV: beside the columns of every position its attributes, among them volts and litres. */
const TRACCAR: KnownTable = {
  title: "Traccar's tables",
  isAis: false,
  speeds: { speed: 'kn' },
  utcTimes: new Set(),
  measures: new Map([
    ['battery', undefined],
    ['fuel', undefined],
    ['batterylevel', 'battery'],
    ['fuellevel', 'fuel'],
    ['driveruniqueid', 'driver_id'],
  ]),
}

/** The columns that an export of Traccar's begins with. */
export const TRACCAR_COLUMNS: readonly string[] = [
  'id',
  'deviceId',
  'protocol',
  'serverTime',
  'deviceTime',
  'fixTime',
  'valid',
  'latitude',
  'longitude',
  'altitude',
  'speed',
  'course',
  'address',
  'accuracy',
]

export const isTraccarTable = (names: readonly string[]): boolean =>
  TRACCAR_COLUMNS.every((name, i) => names[i] === name)

/** The table that these columns are those of, where it is a known one. */
export const knownTableOf = (names: readonly string[]): KnownTable | undefined => {
  if (isTraccarTable(names)) return TRACCAR
  const plain = new Set(names.map(plainName))
  if (!plain.has('mmsi') || !(plain.has('sog') || plain.has('cog'))) return undefined
  return plain.has('typeofmobile') ? DANISH_AIS : AIS
}
