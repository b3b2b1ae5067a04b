import type { Fill } from './block-maker.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'
import type { RecordReading } from './read-records.ts'
import type { Table } from './table.ts'

type Coordinate = readonly unknown[]

/** Values that belong to a coordinate each, under the names of their fields. */
type Lists = ReadonlyMap<string, readonly unknown[]>

/** Reports of a feature: what it says of all of them, and of each. */
interface Reports {
  readonly coordinates: readonly Coordinate[]
  readonly shared: JsonObject
  readonly lists: Lists
}

/** Names by which programs give the times of coordinates: our own exports, togeojson, OGC's Trajectory. */
const TIMES: readonly string[] = ['times', 'coordTimes', 'timestamps', 'datetimes']

/** Of our own exports. */
const COLUMNS: ReadonlyMap<string, string> = new Map([
  ['times', 'event_time'],
  ['speeds', 'speed'],
  ['headings', 'heading'],
])

/** Of our own exports: `times_` is a measure called `times`, `times__` one called `times_`. */
const fieldOf = (name: string): string =>
  COLUMNS.get(name) ?? (name.endsWith('_') && COLUMNS.has(name.replace(/_+$/, '')) ? name.slice(0, -1) : name)

const isCoordinate = (value: unknown): value is Coordinate => Array.isArray(value) && value.length >= 2

/** The coordinates of points and lines, in their order; undefined for other geometries. */
const coordinatesOf = ({ type, coordinates }: JsonObject): readonly unknown[] | undefined => {
  if (!Array.isArray(coordinates)) return undefined
  if (type === 'Point') return [coordinates]
  if (type === 'LineString' || type === 'MultiPoint') return coordinates
  return type === 'MultiLineString' ? coordinates.flat() : undefined
}

/** A list for each line as one list. */
const joined = (values: readonly unknown[]): readonly unknown[] =>
  values.length > 0 && values.every(Array.isArray) ? values.flat() : values

const listsOf = (properties: JsonObject, isMulti: boolean): Map<string, readonly unknown[]> => {
  const lists = new Map<string, readonly unknown[]>()
  const add = (object: JsonObject, names: readonly string[]): void => {
    // What is called like times beside them is a measure of that name.
    const times = TIMES.find((name) => Array.isArray(object[name]))
    for (const name of names) {
      const values = object[name]
      const field = name === times ? 'event_time' : fieldOf(name)
      if (Array.isArray(values) && !lists.has(field)) lists.set(field, isMulti ? joined(values) : values)
    }
  }
  const { coordinateProperties } = properties
  if (isObject(coordinateProperties)) add(coordinateProperties, Object.keys(coordinateProperties))
  add(properties, [...TIMES, 'speeds', 'headings'])
  return lists
}

const isList = (properties: JsonObject, name: string): boolean =>
  name === 'coordinateProperties' || (Array.isArray(properties[name]) && (TIMES.includes(name) || COLUMNS.has(name)))

/** The fourth number of coordinates, where all have one and nothing else says when they were. */
const timesInside = (coordinates: readonly Coordinate[]): readonly unknown[] | undefined =>
  coordinates.every((coordinate) => typeof coordinate[3] === 'number')
    ? coordinates.map((coordinate) => coordinate[3])
    : undefined

const setPlace = (table: Table, [longitude, latitude, altitude]: Coordinate, properties: JsonObject): void => {
  table.set('longitude', longitude)
  table.set('latitude', latitude)
  if (altitude !== undefined && (properties['altitude'] ?? undefined) === undefined) table.set('altitude', altitude)
}

const fillPoint: Fill<{ readonly coordinate: Coordinate; readonly feature: JsonObject }> = (
  table,
  { coordinate, feature },
) => {
  const { id, properties } = feature
  const members = isObject(properties) ? properties : {}
  if (id !== undefined) table.set('id', id)
  table.setMembers(members)
  setPlace(table, coordinate, members)
}

const fillReport: Fill<Reports> = (table, { coordinates, shared, lists }, i) => {
  table.setMembers(shared)
  setPlace(table, coordinates[i], shared)
  for (const [name, values] of lists) table.set(name, values[i])
}

/** A row for a point, and one for each coordinate of a line with times. */
export const takeFeature: RecordReading['take'] = ({ value, bytes, text }, maker) => {
  const refuse = (reason: string, detail: string): void => {
    maker.begin({ units: 1, bytes })
    maker.fault(reason, detail, text)
  }
  if (!isObject(value) || value['type'] !== 'Feature') return refuse('not-a-feature', 'it is not a GeoJSON feature')
  const { geometry, id } = value
  const coordinates = isObject(geometry) ? coordinatesOf(geometry) : undefined
  if (coordinates === undefined) return refuse('not-a-point', 'the geometry is neither a point nor a line')
  if (coordinates.length === 0 || !coordinates.every(isCoordinate))
    return refuse('no-position', 'a coordinate is not a longitude and a latitude')
  const properties = isObject(value['properties']) ? value['properties'] : {}
  const isPoint = (geometry as JsonObject)['type'] === 'Point'
  if (isPoint && !isObject(properties['coordinateProperties'])) {
    maker.begin({ units: 1, bytes, text })
    return maker.add(fillPoint, { coordinate: coordinates[0], feature: value }, 0)
  }
  const lists = listsOf(properties, (geometry as JsonObject)['type'] === 'MultiLineString')
  const times = lists.get('event_time') ?? timesInside(coordinates)
  if (times === undefined)
    return refuse(
      'no-times',
      'the line has no times: they are looked for in properties.coordinateProperties.times, properties.times, coordTimes, timestamps, datetimes',
    )
  for (const [name, values] of lists) {
    if (values.length !== coordinates.length)
      return refuse('lists-differ', `${coordinates.length} coordinates, and ${values.length} values of ${name}`)
  }
  lists.set('event_time', times)
  const own = Object.entries(properties).filter(([name]) => !isList(properties, name))
  const shared = Object.fromEntries(id === undefined ? own : [['id', id], ...own])
  maker.begin({ units: coordinates.length, bytes })
  for (let i = 0; i < coordinates.length; i++) maker.add(fillReport, { coordinates, shared, lists }, i)
}
