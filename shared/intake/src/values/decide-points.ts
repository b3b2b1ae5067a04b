import { isAbsent } from './absent.ts'
import { type Decided, mayMiss, quoted } from './decided.ts'
import { pointOf, type WrittenPoint } from './read-point.ts'
import type { PointOrder } from './readings.ts'

/** What a sample shows of a field with both coordinates in a cell. */
export interface PointsDecision {
  /** The field's, for sentences and for what it says of the order. */
  readonly name: string
  readonly values: readonly unknown[]
  /** What a person says of cells that do not say it themselves. */
  readonly asked: PointOrder | undefined
  /** What lies beside the field in the input says it. */
  readonly known?: PointOrder | undefined
}

/** Whether nearly all values are places, with both coordinates in each. */
export const arePoints = (values: readonly unknown[]): boolean => {
  const there = values.filter((value) => !isAbsent(value))
  return there.length > 0 && there.filter((value) => pointOf(value) === undefined).length <= mayMiss(there.length)
}

/** Whether nearly all say themselves that they are places: well-known texts and bytes, GeoJSON, hemispheres. */
export const tellThemselves = (values: readonly unknown[]): boolean => {
  const there = values.filter((value) => !isAbsent(value))
  const silent = there.filter((value) => {
    const point = pointOf(value)
    return point === undefined || (!('srid' in point) && point.order === undefined)
  })
  return there.length > 0 && silent.length <= mayMiss(there.length)
}

const ORDERS: Readonly<Record<PointOrder, string>> = { 'lat-lon': 'latitude', 'lon-lat': 'longitude' }

/** What a name such as `lat_lng` says. */
const orderInName = (name: string): PointOrder | undefined => {
  const lat = name.search(/lat/i)
  const lon = name.search(/lon|lng/i)
  if (lat < 0 || lon < 0) return undefined
  return lat < lon ? 'lat-lon' : 'lon-lat'
}

/** Which of two numbers comes first: what lies beyond ±90 is no latitude. */
export const decidePoints = ({ name, values, asked, known }: PointsDecision): Decided<PointOrder> => {
  const there = values.filter((value) => !isAbsent(value))
  const points = there.map(pointOf)
  const foreign = points.find((point) => point !== undefined && 'srid' in point)
  if (foreign !== undefined && 'srid' in foreign)
    return {
      question: `the places in ${quoted(name)} are of the reference system ${foreign.srid}: transform them to longitude and latitude first, EPSG:4326`,
    }
  const strange = points.indexOf(undefined)
  if (strange >= 0 && !arePoints(values))
    return {
      question: `most values of ${quoted(name)}, such as ${quoted(there[strange])}, are no places with both coordinates: name other fields with --columns longitude=<field>,latitude=<field>`,
    }
  const bare = points.filter((point): point is WrittenPoint => point !== undefined && !('srid' in point))
  const silent = bare.filter(({ order }) => order === undefined)
  const first = there[points.findIndex((point) => point !== undefined && 'order' in point && point.order === undefined)]
  const take = (order: PointOrder, why: string): Decided<PointOrder> => ({
    reading: order,
    notes: [
      silent.length === 0
        ? `both coordinates are read from ${quoted(name)}, such as ${quoted(there[0])}`
        : `both coordinates are read from ${quoted(name)}, such as ${quoted(first)}, the ${ORDERS[order]} first${why}`,
    ],
  })
  if (silent.length === 0) return take('lon-lat', '')
  if (asked !== undefined) return take(asked, '')
  if (known !== undefined) return take(known, ', as GeoJSON has it')
  const beyond = (of: (point: WrittenPoint) => number): number =>
    silent.filter((point) => Math.abs(of(point)) > 90).length
  const [firstBeyond, secondBeyond] = [beyond((point) => point.first), beyond((point) => point.second)]
  const few = mayMiss(silent.length)
  if (firstBeyond > 0 && secondBeyond <= few && firstBeyond > secondBeyond)
    return take('lon-lat', ', since latitudes are not beyond ±90')
  if (secondBeyond > 0 && firstBeyond <= few && secondBeyond > firstBeyond)
    return take('lat-lon', ', since latitudes are not beyond ±90')
  const named = orderInName(name)
  if (named !== undefined) return take(named, ', as its name says')
  return {
    question: `the places in ${quoted(name)}, such as ${quoted(first)}, may have the latitude or the longitude first: say which with --coordinates lat-lon or --coordinates lon-lat`,
  }
}
