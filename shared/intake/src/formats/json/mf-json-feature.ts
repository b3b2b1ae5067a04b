import type { BlockMaker, Fill } from './block-maker.ts'
import { instantOf } from './instants.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'
import type { RecordReading } from './read-records.ts'

/** A moving point: reports, and what is said of all of them. */
interface Moving {
  /** Of our own exports: what they do not say of a report is not known. */
  readonly isOwn: boolean
  readonly timesMs: readonly number[]
  readonly coordinates: readonly (readonly unknown[])[]
  readonly shared: JsonObject
  /** Of each report, by names. */
  readonly lists: ReadonlyMap<string, readonly unknown[]>
}

/** m/s that one of a unit is, by its code of UN/CEFACT or UCUM. */
const SPEEDS: ReadonlyMap<unknown, number> = new Map([
  ['KMH', 1 / 3.6],
  ['km/h', 1 / 3.6],
  ['KNT', 1852 / 3600],
  ['HM', 0.44704],
])

const fill: Fill<Moving> = (table, { isOwn, timesMs, coordinates, shared, lists }, i) => {
  table.setMembers(shared)
  if (isOwn) for (const name of ['speed', 'heading']) table.set(name, undefined)
  table.set('event_time', timesMs[i])
  const [longitude, latitude, altitude] = coordinates[i]
  table.set('longitude', longitude)
  table.set('latitude', latitude)
  if (altitude !== undefined) table.set('altitude', altitude)
  for (const [name, values] of lists) table.set(name, values[i])
}

/** Times are ms or as RFC 3339 has them. */
const timeMs = (value: unknown): number => (typeof value === 'number' ? value : instantOf(value, 'UTC'))

const hasNoOffset = (value: unknown): boolean =>
  typeof value === 'string' && Number.isNaN(instantOf(value)) && !Number.isNaN(timeMs(value))

const NO_OFFSET = 'times without an offset are taken for UTC, as OGC Moving Features has them'
const ELSEWHEN = 'values at times at which there is no position are left out'

interface Values {
  readonly name: string
  readonly values: readonly unknown[]
}

/** What an object of temporal properties says, each by the name of its field. */
const valuesOf = (group: JsonObject): Values[] =>
  Object.entries(group).flatMap(([name, property]): Values[] => {
    if (!isObject(property) || !Array.isArray(property['values'])) return []
    const { values, form } = property
    const factor = name === 'speed' ? SPEEDS.get(form) : undefined
    const said: readonly unknown[] =
      factor === undefined ? values : values.map((value) => (typeof value === 'number' ? value * factor : value))
    // Our own exports have a low line more behind a name that has a meaning here.
    return [{ name: /^datetimes_+$/.test(name) ? name.slice(0, -1) : name, values: said }]
  })

/** Where the values of each time of a geometry are in a list by other times, or by the same. */
const indicesOf = (timesMs: readonly number[], listed: readonly number[]): readonly (number | undefined)[] => {
  if (listed.length === timesMs.length && listed.every((time, i) => time === timesMs[i])) return [...timesMs.keys()]
  const at = new Map(listed.map((time, i) => [time, i]))
  return timesMs.map((time) => at.get(time))
}

const listsOf = (groups: unknown, timesMs: readonly number[], maker: BlockMaker): Map<string, unknown[]> => {
  const lists = new Map<string, unknown[]>()
  for (const group of Array.isArray(groups) ? groups : [groups]) {
    if (!isObject(group) || !Array.isArray(group['datetimes'])) continue
    const listed = group['datetimes'].map(timeMs)
    const indices = indicesOf(timesMs, listed)
    for (const { name, values } of valuesOf(group)) {
      const list = lists.get(name) ?? Array.from<unknown>({ length: timesMs.length })
      indices.forEach((index, i) => {
        if (index !== undefined) list[i] = values[index]
      })
      lists.set(name, list)
    }
    const known = new Set(timesMs)
    if (!listed.every((time) => known.has(time))) maker.note(ELSEWHEN)
  }
  return lists
}

/** Moving points of a temporal geometry; undefined for other geometries. */
const pointsOf = (geometry: unknown): JsonObject[] | undefined => {
  if (!isObject(geometry)) return undefined
  const all: readonly unknown[] = Array.isArray(geometry['prisms']) ? geometry['prisms'] : [geometry]
  const points = all.filter(isObject).filter(({ type }) => type === 'MovingPoint')
  return points.length === all.length && all.length > 0 ? points : undefined
}

/** Our own exports say how many reports a feature has, since one alone is there twice, at two times. */
const isOneReport = (properties: JsonObject, { datetimes, interpolation }: JsonObject): boolean =>
  properties['reports'] === 1 && interpolation === 'Step' && (datetimes as readonly unknown[]).length === 2

/** A row for each instant of a moving point. */
export const takeMovingFeature: RecordReading['take'] = ({ value, bytes, text }, maker) => {
  const refuse = (reason: string, detail: string): void => {
    maker.begin({ units: 1, bytes })
    maker.fault(reason, detail, text)
  }
  if (!isObject(value) || value['type'] !== 'Feature') return refuse('not-a-feature', 'it is not a feature')
  const points = pointsOf(value['temporalGeometry'])
  if (points === undefined) return refuse('not-a-moving-point', 'the temporal geometry is not a moving point')
  const properties = isObject(value['properties']) ? value['properties'] : {}
  const times: unknown[] = []
  const coordinates: (readonly unknown[])[] = []
  for (const point of points) {
    const { datetimes, coordinates: places } = point
    if (!Array.isArray(datetimes) || !Array.isArray(places) || datetimes.length !== places.length)
      return refuse('lists-differ', 'there is not one time for each coordinate')
    const reports = isOneReport(properties, point) ? 1 : datetimes.length
    for (let i = 0; i < reports; i++) {
      times.push(datetimes[i])
      coordinates.push(places[i])
    }
  }
  if (times.length === 0 || !coordinates.every((place) => Array.isArray(place) && place.length >= 2))
    return refuse('no-position', 'a coordinate is not a longitude and a latitude')
  if (times.some(hasNoOffset)) maker.note(NO_OFFSET)
  const timesMs = times.map(timeMs)
  const lists = listsOf(value['temporalProperties'], timesMs, maker)
  const { reports, ...others } = properties
  const isOwn = reports === times.length
  const own = isOwn ? others : properties
  const shared = value['id'] === undefined ? own : { id: value['id'], ...own }
  maker.begin({ units: times.length, bytes })
  for (let i = 0; i < times.length; i++) maker.add(fill, { isOwn, timesMs, coordinates, shared, lists }, i)
}
