import { areaOf, FleetError } from '@fleetlake/core'
import { plural } from '@fleetlake/viewer-core'
import type { Position } from 'geojson'
import type { Ring, Shape } from '../request/search-request.ts'
import { roundRing, solidShapes } from './solid-shapes.ts'

export interface ReadArea {
  readonly shapes: readonly Shape[]
  /** What was there and is not an area, for people. */
  readonly leftOut: string | undefined
}

/** More would neither be drawn nor sent with ease. */
export const MAX_POSITIONS = 20_000

const invalid = (what: string, cause?: unknown): FleetError =>
  new FleetError('area.invalid', what, cause === undefined ? undefined : { cause })

type Json = Record<string, unknown>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null

/**
 * The areas of a GeoJSON text: polygons wherever they are nested, and lines that end where they begin. Rings are closed, altitudes dropped,
 * positions rounded.
 * @throws FleetError `area.invalid` that says what is wrong and where
 */
export const readArea = (text: string): ReadArea => {
  const value = parseJson(text.replace(/^\uFEFF/, '').trim())
  const [polygons, others]: [FoundPolygon[], string[]] = [[], []]
  for (const found of polygonsIn(value, '')) {
    if ('rings' in found) polygons.push(found)
    else others.push(found.other)
  }
  if (polygons.length === 0) {
    const instead = others.length === 0 ? 'it holds nothing' : `it holds ${sorts(others)}`
    throw invalid(`no area: ${instead}; a Polygon or a MultiPolygon is needed`)
  }
  const positions = polygons.flatMap(({ rings }) => rings.map(lengthOf)).reduce((sum, length) => sum + length, 0)
  if (positions > MAX_POSITIONS) {
    throw invalid(`${plural(positions, 'position')} are too many: simplify it to ${MAX_POSITIONS} at most`)
  }
  return {
    shapes: polygons.flatMap(shapesOf),
    leftOut: others.length === 0 ? undefined : `${sorts(others)} left out: only areas are searched`,
  }
}

const parseJson = (text: string): unknown => {
  if (text === '') throw invalid('it is empty; GeoJSON is needed')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid(`it is not JSON (${(cause as Error).message}); a GeoJSON Polygon or MultiPolygon is needed`, cause)
  }
}

const lengthOf = (ring: unknown): number => (Array.isArray(ring) ? ring.length : 0)

interface FoundPolygon {
  readonly rings: readonly unknown[]
  /** `feature 3, polygon 2 of 4` */
  readonly where: string
}

function* polygonsIn(value: unknown, where: string): Generator<FoundPolygon | { other: string }> {
  const at = (place: string): string => (where === '' ? place : `${where}, ${place}`)
  const whole = where === '' ? 'the text' : where
  if (!isRecord(value) || typeof value['type'] !== 'string') {
    throw invalid(`${whole} is not GeoJSON: an object with a "type" is needed`)
  }
  const children = (key: string): unknown[] => {
    if (Array.isArray(value[key])) return value[key]
    throw invalid(`${whole} is a ${value['type'] as string} without "${key}"`)
  }
  switch (value['type']) {
    case 'FeatureCollection':
      for (const [i, feature] of children('features').entries()) yield* polygonsIn(feature, at(`feature ${i + 1}`))
      return
    case 'Feature':
      if (value['geometry'] === null) return yield { other: 'Feature without a geometry' }
      return yield* polygonsIn(value['geometry'], where)
    case 'GeometryCollection':
      for (const [i, part] of children('geometries').entries()) yield* polygonsIn(part, at(`geometry ${i + 1}`))
      return
    case 'Polygon':
      return yield { rings: children('coordinates'), where: whole === 'the text' ? 'the polygon' : whole }
    case 'MultiPolygon': {
      const parts = children('coordinates')
      for (const [i, rings] of parts.entries()) {
        const place = at(`polygon ${i + 1} of ${parts.length}`)
        if (!Array.isArray(rings)) throw invalid(`${place} is not an array of rings`)
        yield { rings, where: place }
      }
      return
    }
    case 'LineString':
      if (isClosed(value['coordinates'])) return yield { rings: [value['coordinates']], where: whole }
      return yield { other: 'LineString whose ends do not meet' }
    case 'MultiLineString':
      for (const line of children('coordinates')) {
        yield isClosed(line) ? { rings: [line], where: whole } : { other: 'LineString whose ends do not meet' }
      }
      return
    default:
      yield { other: value['type'] }
  }
}

const isClosed = (line: unknown): boolean => {
  if (!Array.isArray(line) || line.length < 4) return false
  const [first, last] = [line[0], line.at(-1)] as [unknown, unknown]
  return Array.isArray(first) && Array.isArray(last) && first[0] === last[0] && first[1] === last[1]
}

const shapesOf = ({ rings, where }: FoundPolygon): Shape[] => {
  const closed = rings.map((ring, i) => closedRing(ring, `${where}, ${i === 0 ? 'outline' : `hole ${i}`}`))
  areaOf({ type: 'Polygon', coordinates: closed }, { polygon: where })
  return solidShapes(closed)
}

const closedRing = (ring: unknown, where: string): Ring => {
  if (!Array.isArray(ring) || ring.length === 0) throw invalid(`${where} is not an array of positions`)
  for (const [i, position] of (ring as unknown[]).entries()) {
    if (!Array.isArray(position) || typeof position[0] !== 'number' || typeof position[1] !== 'number') {
      throw invalid(`${where}, position ${i + 1} is not [longitude, latitude] in numbers`)
    }
  }
  const rounded = roundRing(ring as Position[])
  const [first, last] = [rounded[0], rounded.at(-1)!]
  return first[0] === last[0] && first[1] === last[1] ? rounded : [...rounded, first]
}

/** @throws FleetError `area.invalid` with the place, for a ring that can't be searched */
export const refuseRing = (ring: Ring, where: string): void =>
  void areaOf({ type: 'Polygon', coordinates: [ring] }, { outline: where })

/** `2 × Point, LineString` */
const sorts = (names: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(', ')
}
