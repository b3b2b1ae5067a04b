import { type AreaEdges, EAST, edgesOfRings, type MicroBounds, type MicroRing, TURN, WEST } from './area-edges.ts'
import type { FleetError } from './errors.ts'
import { type AreaNames, type GivenPolygon, givenPolygons, type GivenRing, invalidArea } from './given-polygons.ts'
import { toDegrees, toMicroDegrees } from './position.ts'
import { crossingSteps } from './ring-crossing.ts'
import { finish, type Steps } from './steps.ts'

/** Polygons in whole millionths of a degree: outlines less their holes. A point is in the area when it is in any of them. */
export interface Area extends AreaEdges {
  /** Around all that is in the area; where it holds longitude −180 it holds 180, which is the same place. */
  readonly bounds: MicroBounds
}

/**
 * An area from a GeoJSON Polygon or MultiPolygon, bare or as a Feature or a FeatureCollection of them. Any winding; edges are straight
 * in longitude and latitude; vertices are rounded like positions; longitudes may run on beyond 180. What a hole takes away, and what
 * several polygons hold together, never depends on how they overlap.
 * @throws FleetError `area.invalid` with the ring and the place: what is not an area, off the globe, not closed, ambiguous at the antimeridian,
 *   or crosses itself
 */
export const areaOf = (geojson: unknown, names?: AreaNames): Area => finish(areaSteps(geojson, names))

/** `areaOf`, in small steps: some milliseconds for ten thousand positions. */
export function* areaSteps(geojson: unknown, names?: AreaNames): Steps<Area> {
  const given = givenPolygons(geojson, names)
  const polygons: MicroRing[][] = []
  for (const polygon of given) {
    yield
    const rounded = yield* roundPolygon(polygon)
    if (rounded.length > 0) polygons.push(rounded)
  }
  yield
  if (polygons.length === 0) {
    throw invalidArea(
      given[0][0].where,
      'encloses nothing: rounded to 1e-6 degrees (11 cm), its positions lie on one line',
    )
  }
  return { bounds: boundsOf(polygons.map(([outline]) => outline)), ...edgesOfRings(polygons) }
}

/** Rings that enclose nothing when rounded take nothing away, and add nothing: none are left of such an outline. */
function* roundPolygon(polygon: GivenPolygon): Steps<MicroRing[]> {
  const rings: MicroRing[] = []
  for (const ring of polygon) rings.push(yield* roundRing(ring))
  const [outline, ...holes] = rings
  return enclosesNothing(outline) ? [] : [outline, ...holes.filter((hole) => !enclosesNothing(hole))]
}

function* roundRing({ where, longitudes, latitudes }: GivenRing): Steps<MicroRing> {
  const rounded = { where, x: longitudes.map(toMicroDegrees), y: latitudes.map(toMicroDegrees) }
  refuseOpen(rounded)
  refuseAmbiguous(rounded)
  const ring = withoutRepeats(rounded)
  yield
  const crossing = yield* crossingSteps(ring.x, ring.y)
  // One that rounding alone has made says nothing about what was meant.
  if (crossing !== undefined && (yield* doesCross(longitudes, latitudes))) {
    const [longitude, latitude] = [crossing.x, crossing.y].map((micro) => Math.round(micro) / 1e6)
    const what = `crosses itself at ${longitude}, ${latitude} (longitude, latitude): what it encloses would be a guess`
    throw invalidArea(where, `${what}; put its positions in order along its border, or make it several polygons`)
  }
  return ring
}

function* doesCross(longitudes: Float64Array, latitudes: Float64Array): Steps<boolean> {
  const ring = withoutRepeats({ x: closed(longitudes), y: closed(latitudes) })
  return (yield* crossingSteps(ring.x, ring.y)) !== undefined
}

/** Its ends may differ by less than rounding keeps. */
const closed = (values: Float64Array): Float64Array => values.with(values.length - 1, values[0])

const withoutRepeats = ({ x, y }: MicroRing): MicroRing => {
  const isNew = (_: number, i: number): boolean => i === 0 || x[i] !== x[i - 1] || y[i] !== y[i - 1]
  return { x: x.filter(isNew), y: y.filter(isNew) }
}

interface NamedRing extends MicroRing {
  readonly where: string
}

const refuseOpen = ({ where, x, y }: NamedRing): void => {
  const last = x.length - 1
  if (last < 0) throw invalidArea(where, 'has no positions')
  if (y[0] === y[last] && Math.abs(x[0] - x[last]) === TURN) throw roundAPole(where)
  if (y[0] !== y[last] || x[0] !== x[last]) {
    throw invalidArea(where, 'is not closed: its last position must repeat its first')
  }
}

const roundAPole = (where: string): FleetError =>
  invalidArea(
    where,
    'goes round a pole: cut it open along a meridian up to the pole, such as [-180,60],[180,60],[180,90],[-180,90],[-180,60]',
  )

/** An edge of more than half a turn may mean the short way across the antimeridian or the long way around: both are common, and neither is guessed. */
const refuseAmbiguous = ({ where, x }: NamedRing): void => {
  let [west, east, turn, wide] = [x[0], x[0], 0, -1]
  for (let i = 1; i < x.length; i++) {
    west = Math.min(west, x[i])
    east = Math.max(east, x[i])
    const run = x[i] - x[i - 1]
    turn += run - TURN * Math.round(run / TURN)
    if (Math.abs(run) > TURN / 2 && Math.abs(run) !== TURN && wide < 0) wide = i
  }
  if (wide >= 0) {
    if (turn !== 0) throw roundAPole(where)
    const [from, to] = [x[wide - 1], x[wide]]
    const beyond = to < from ? to + TURN : to - TURN
    throw invalidArea(
      `${where}, position ${wide} to ${wide + 1}`,
      `spans more than 180° of longitude: if it crosses the antimeridian, write ${toDegrees(beyond)} for ${toDegrees(to)}, ` +
        'and likewise for all that lies beyond it, or cut the polygon there (RFC 7946, 3.1.9); if it goes the long way around, put a position in between',
    )
  }
  if (east - west > TURN) throw invalidArea(where, 'is wider than the globe')
}

/** Whether its windings cancel out: all its positions on one line, or there and back the same way. Exact. */
const enclosesNothing = ({ x, y }: MicroRing): boolean => {
  const count = x.length
  let twice = 0
  for (let i = 1; i < count; i++) twice += (x[i - 1] - x[0]) * (y[i] - y[0]) - (x[i] - x[0]) * (y[i - 1] - y[0])
  // Each of the sums is below 2^58 times the count, and off by 2^5 times the count at most.
  if (Math.abs(twice) > 64 * count * count) return false
  let exact = 0n
  for (let i = 1; i < count; i++) exact += BigInt(x[i - 1]) * BigInt(y[i]) - BigInt(x[i]) * BigInt(y[i - 1])
  return exact === 0n
}

const boundsOf = (outlines: readonly MicroRing[]): MicroBounds => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y } of outlines) {
    const ring = { west: Infinity, east: -Infinity }
    for (let i = 0; i < x.length; i++) {
      ring.west = Math.min(ring.west, x[i])
      ring.east = Math.max(ring.east, x[i])
      south = Math.min(south, y[i])
      north = Math.max(north, y[i])
    }
    // In whatever turn of the globe it was given.
    const turns = TURN * Math.floor((ring.west - WEST) / TURN)
    const isAcross = ring.east - turns > EAST
    west = Math.min(west, isAcross ? WEST : ring.west - turns)
    east = Math.max(east, isAcross ? EAST : ring.east - turns)
  }
  return { west, south, east: west === WEST ? EAST : east, north }
}
