import { pointsOf } from '../formats/wkb.ts'
import { isAbsent } from './absent.ts'
import { type AngleFault, type Axis, degreesOfText } from './read-angle.ts'
import type { PointOrder } from './readings.ts'
import { trimmed } from './trimmed.ts'

/** Both coordinates of a cell, degrees, in the order in which they stand there. */
export interface WrittenPoint {
  readonly first: number
  readonly second: number
  /** Where the cell itself says it; of two bare numbers it is not known. */
  readonly order: PointOrder | undefined
}

/** What is no degree of longitude and latitude by what the cell says of its reference system. */
export interface ForeignPoint {
  readonly srid: number
}

const LONGEST = 400
const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?`
/** Of OGC, and of PostGIS with the number of the reference system before it. */
const WKT = new RegExp(
  String.raw`^(?:SRID=(\d{1,6});)?\s*POINT\s*(?:Z|M|ZM)?\s*\(\s*(${NUMBER})\s+(${NUMBER})(?:\s+${NUMBER}){0,2}\s*\)$`,
  'i',
)
/** Those of WGS 84, and 0 for one that is not said. */
const WORLDS: ReadonlySet<number> = new Set([0, 4326, 4979])
/** Well-known binary of a point, as databases write it into texts: one of two orders of bytes, a type, two numbers. */
const HEX = /^0[01](?:[0-9a-f]{2}){20,60}$/i
const [SRID_FLAG, SRID_AT] = [0x20000000, 5]

const lonLat = (longitude: number, latitude: number): WrittenPoint => ({
  first: longitude,
  second: latitude,
  order: 'lon-lat',
})

const ofWkt = (text: string): WrittenPoint | ForeignPoint | undefined => {
  const [, srid, x, y] = WKT.exec(text) ?? []
  if (x === undefined) return undefined
  return srid === undefined || WORLDS.has(Number(srid)) ? lonLat(Number(x), Number(y)) : { srid: Number(srid) }
}

const ofHex = (text: string): WrittenPoint | ForeignPoint | undefined => {
  if (!HEX.test(text)) return undefined
  const bytes = new Uint8Array(Buffer.from(text, 'hex'))
  const view = new DataView(bytes.buffer)
  const isLittle = bytes[0] === 1
  const srid = (view.getUint32(1, isLittle) & SRID_FLAG) === 0 ? 0 : view.getUint32(SRID_AT, isLittle)
  const { longitude, latitude } = pointsOf(
    { kind: 'text', bytes, starts: Int32Array.of(0), ends: Int32Array.of(bytes.length) },
    1,
  )
  if (Number.isNaN(longitude[0]) || Number.isNaN(latitude[0])) return undefined
  return WORLDS.has(srid) ? lonLat(longitude[0], latitude[0]) : { srid }
}

const ofList = (list: readonly unknown[], order: PointOrder | undefined): WrittenPoint | undefined => {
  const [first, second] = list
  return list.length >= 2 && list.length <= 4 && typeof first === 'number' && typeof second === 'number'
    ? { first, second, order }
    : undefined
}

/** A point of GeoJSON, or a list of two numbers. */
const ofValue = (value: unknown): WrittenPoint | undefined => {
  if (Array.isArray(value)) return ofList(value, undefined)
  if (typeof value !== 'object' || value === null) return undefined
  const { type, coordinates } = value as Readonly<Record<string, unknown>>
  return type === 'Point' && Array.isArray(coordinates) ? ofList(coordinates, 'lon-lat') : undefined
}

const ofJson = (text: string): WrittenPoint | undefined => {
  try {
    return ofValue(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Where a pair may be cut, the surest first. A comma may be a decimal one: then a blank is behind the one that parts. */
const CUTS = [/\s*;\s*/, /\s*,\s+/, /\s*,\s*/, /(?<=[NSEW])\s+(?=[^\s])/i, /\s+/]
/** With a height behind, whose place is that of a third number. */
const WITH_POINTS = /^[-+]?\d{1,3}\.\d+,[-+]?\d{1,3}\.\d+,[-+]?[\d.]+$/

/** Text without brackets around it; what stands in `geo:` has the latitude first (RFC 5870). */
const ofPair = (text: string): WrittenPoint | undefined => {
  const isUri = /^geo:/i.test(text)
  const bare = isUri ? text.slice(4).split(';', 1)[0] : text.replace(/^[([{<]\s*(.*?)\s*[)\]}>]$/s, '$1')
  if (isUri || WITH_POINTS.test(bare)) {
    const [first, second, ...more] = bare.split(',')
    return more.length > 1 ? undefined : pairOf([first, second ?? ''], isUri ? 'lat-lon' : undefined)
  }
  for (const cut of CUTS) {
    const parts = bare.split(cut)
    const pair = parts.length === 2 ? pairOf(parts, undefined) : undefined
    if (pair !== undefined) return pair
  }
  return undefined
}

const pairOf = ([a, b]: readonly string[], said: PointOrder | undefined): WrittenPoint | undefined => {
  const asLatLon = bothOf(a, 'latitude', b, 'longitude')
  const asLonLat = bothOf(a, 'longitude', b, 'latitude')
  // A letter of a hemisphere fits to one of the axes alone.
  if (asLatLon !== undefined && asLonLat !== undefined) return { ...asLatLon, order: said }
  if (asLatLon !== undefined) return { ...asLatLon, order: 'lat-lon' }
  return asLonLat === undefined ? undefined : { ...asLonLat, order: 'lon-lat' }
}

const bothOf = (a: string, axisOfA: Axis, b: string, axisOfB: Axis): { first: number; second: number } | undefined => {
  const [first, second] = [degreesOfText(a, axisOfA), degreesOfText(b, axisOfB)]
  return first === undefined || second === undefined ? undefined : { first, second }
}

/** What a value is as a place; undefined for what is none. */
export const pointOf = (value: unknown): WrittenPoint | ForeignPoint | undefined => {
  if (typeof value !== 'string') return ofValue(value)
  if (value.length > LONGEST) return undefined
  const text = trimmed(value)
  if (text.startsWith('{') || text.startsWith('[')) return ofJson(text) ?? ofPair(text)
  return ofWkt(text) ?? ofHex(text) ?? ofPair(text)
}

/**
 * A coordinate of a cell that has both, degrees.
 * @param order of cells that do not say it
 */
export const readPoint = (value: unknown, order: PointOrder, axis: Axis): number | AngleFault => {
  if (isAbsent(value)) return 'position-missing'
  const point = pointOf(value)
  if (point === undefined || 'srid' in point) return 'position-not-a-number'
  const isFirst = ((point.order ?? order) === 'lon-lat') === (axis === 'longitude')
  return isFirst ? point.first : point.second
}
