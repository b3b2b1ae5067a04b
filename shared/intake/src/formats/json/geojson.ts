import { cutText, FleetError } from '@fleetlake/core'
import type { Block } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { atPath } from './at-path.ts'
import { firstBytes } from '../first-bytes.ts'
import { takeFeature } from './geojson-feature.ts'
import { headOf } from './head.ts'
import { MAX_FEATURE_BYTES } from './limits.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'
import { readRecords } from './read-records.ts'

/** Whether it is a feature, or a collection with features as far as it is known. */
export const isGeoJson = (value: unknown): value is JsonObject => {
  if (!isObject(value)) return false
  const { type, features } = value
  return type === 'Feature' || type === 'FeatureCollection' || (Array.isArray(features) && isFeature(features[0]))
}

const isFeature = (value: unknown): boolean => isObject(value) && value['type'] === 'Feature'

/** Whether features move, as OGC Moving Features has them. */
export const isMoving = (value: unknown): boolean => {
  if (!isGeoJson(value)) return false
  const { features, trs, temporalGeometry } = value
  return temporalGeometry !== undefined || trs !== undefined || (Array.isArray(features) && isMoving(features[0]))
}

/** Of a document that is a list the first object says what it is. */
export const firstOfList = (value: unknown): unknown => (Array.isArray(value) ? value.find(isObject) : value)

/** Where features are in a document that begins so. */
export const pathOfFeatures = (first: unknown): string =>
  isObject(first) && first['type'] !== 'Feature' && first['geometry'] === undefined ? 'features' : ''

const WGS84 = /(CRS84h?|EPSG(:[\d.]*:|:|\/0\/)(4326|4979))$/i

/**
 * GeoJSON of before 2016 names a system of coordinates.
 * @throws FleetError `import.invalid` for another one than WGS84
 */
const checkCrs = (first: unknown): void => {
  const crs = isObject(first) ? first['crs'] : undefined
  const name = isObject(crs) && isObject(crs['properties']) ? crs['properties']['name'] : undefined
  if (typeof name !== 'string' || WGS84.test(name)) return
  throw new FleetError(
    'import.invalid',
    `the coordinates are of ${cutText(name, 80)}: convert them to WGS84 first, such as with ogr2ogr -t_srs EPSG:4326`,
  )
}

async function* readGeoJson(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const { first, isByLine } = headOf(await firstBytes(input, options.signal))
  checkCrs(first)
  const path = options.path ?? pathOfFeatures(first)
  yield* readRecords(input, options, {
    counts: 'feature',
    isByLine: isByLine && path === '',
    decide: atPath(path),
    maxBytes: MAX_FEATURE_BYTES,
    isUnitEach: false,
    take: takeFeature,
  })
}

/**
 * GeoJSON: a collection, features, a list of them, or one after the other (RFC 8142, or a line each). Points with properties, and lines with a time for each coordinate. Places are `longitude`, `latitude`, and
 * `altitude` where there is a third number; times of coordinates are `event_time`, as they are there; properties have their own names. A cursor counts reports.
 */
export const geojson: Format = {
  name: 'geojson',
  title: 'GeoJSON',
  counts: 'feature',
  hasMeaning: false,
  sniff: (head) => {
    const first = firstOfList(headOf(head).first)
    return isGeoJson(first) && !isMoving(first) ? 2 : 0
  },
  read: readGeoJson,
}
