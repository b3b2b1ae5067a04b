import { textBytes, trimmedText } from '@fleetlake/columnar'
import { MAX_TEXT_BYTES, roundDegrees } from '@fleetlake/core'
import type { RowFault } from '../rows/row-fault.ts'
import { isAbsent } from '../values/absent.ts'
import { quoted } from '../values/decided.ts'
import { type AngleFault, type Axis, readAngle } from '../values/read-angle.ts'
import { readPoint } from '../values/read-point.ts'
import { readId } from '../values/read-id.ts'
import { type QuantityReading, readQuantity } from '../values/read-quantity.ts'
import { createTimeReader, joinTime } from '../values/read-time.ts'
import { unitNamed } from '../values/units.ts'
import { isColumn } from './parse-mapping.ts'
import type { FieldPlan } from './plan.ts'
import { createMeasureReader, type Measures } from './read-measures.ts'

/** What a row says, in the units of columns. Whether it can be true is judged later, alike for every intake. */
export interface Scalars {
  readonly vehicleId: string
  /** Undefined where the row has none. */
  readonly vehicleType: string | undefined
  /** ms since the epoch. */
  readonly eventTime: number
  /** Degrees, rounded. */
  readonly longitude: number
  readonly latitude: number
  /** m/s, NaN where the row has none. */
  readonly speed: number
  /** Degrees, NaN where the row has none. */
  readonly heading: number
  readonly measures: Measures
  /** Why optional values that the row has could not be read: a reason each, to be counted. */
  readonly unread: readonly string[]
}

/** The value of a row's field, as `valueOf` gives it. */
export type FieldValue = (field: string) => unknown

export interface ScalarReader {
  read(value: FieldValue): Scalars | RowFault
  /** Times so far that the end of daylight saving repeats. */
  ambiguousTimes(): number
}

const numberOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN

/** Values of tables of AIS that say "not available": 102.3 kn, a course of 360° and a heading of 511°, 181° east, 91° north. */
export const AIS_NONE: Readonly<Record<'speed' | 'heading' | Axis, (value: unknown) => boolean>> = {
  speed: (value) => Math.abs(numberOf(value) - 102.3) < 0.05,
  heading: (value) => numberOf(value) >= 360,
  longitude: (value) => numberOf(value) === 181,
  latitude: (value) => numberOf(value) === 91,
}

const isShort = (text: string): boolean => text.length * 3 <= MAX_TEXT_BYTES || textBytes(text) <= MAX_TEXT_BYTES

/** Of some fields the value of the first that a row has. */
const firstOf = (sources: readonly string[], value: FieldValue, isNone: (value: unknown) => boolean): unknown => {
  for (const source of sources) {
    const found = value(source)
    if (!isAbsent(found) && !isNone(found)) return found
  }
  return undefined
}

const never = (): boolean => false

/**
 * Reads rows by a plan, one at a time: the slow way, to which faster ones are held. Invariant: only the vehicle's id, the time and the place can refuse a row; what else can't be read is left out
 * and told in `unread`.
 */
export const readScalars = (plan: FieldPlan): ScalarReader => {
  const sourcesOf = (column: string): readonly string[] =>
    plan.fields.find(({ name }) => name === column)?.sources ?? []
  const [ids, types, times] = [sourcesOf('vehicle_id'), sourcesOf('vehicle_type'), sourcesOf('event_time')]
  const time = createTimeReader(plan.time, plan.decimal)
  const measured = plan.fields.filter(({ name }) => !isColumn(name))
  const readMeasures = createMeasureReader(measured, plan.decimal)
  const readX = angleReader(plan, 'longitude', sourcesOf('longitude'))
  const readY = angleReader(plan, 'latitude', sourcesOf('latitude'))
  const readSpeed = motionReader(plan, 'speed')
  const readHeading = motionReader(plan, 'heading')

  const read = (value: FieldValue): Scalars | RowFault => {
    const vehicleId = plan.vehicleId ?? readId(firstOf(ids, value, never))
    if (typeof vehicleId !== 'string') return vehicleId
    if (!isShort(vehicleId))
      return { reason: 'text-too-long', detail: `a vehicle's id takes 1 to ${MAX_TEXT_BYTES} bytes of UTF-8` }
    const when = plan.isTimeInTwo ? joinTime(value(times[0]), value(times[1])) : firstOf(times, value, never)
    const eventTime = time.read(when)
    if (typeof eventTime === 'string') return { reason: eventTime, detail: `time ${quoted(when)}` }
    const [longitude, latitude] = [readX(value), readY(value)]
    if (typeof longitude === 'string' || typeof latitude === 'string') {
      const reason = typeof longitude === 'string' ? longitude : (latitude as AngleFault)
      const shown = ['longitude', 'latitude'].map((axis) => `${axis} ${quoted(firstOf(sourcesOf(axis), value, never))}`)
      return { reason, detail: shown.join(', ') }
    }
    const unread: string[] = []
    const { measures, unread: unreadMeasures } = readMeasures(measured.map(({ sources }) => value(sources[0])))
    return {
      vehicleId,
      vehicleType: readType(firstOf(types, value, never), unread),
      eventTime,
      longitude: roundDegrees(longitude),
      latitude: roundDegrees(latitude),
      speed: readSpeed(value, unread),
      heading: readHeading(value, unread),
      measures,
      unread: [...unread, ...unreadMeasures],
    }
  }
  return { read, ambiguousTimes: time.ambiguous }
}

const angleReader = (
  { isAis, ...plan }: FieldPlan,
  axis: Axis,
  sources: readonly string[],
): ((value: FieldValue) => number | AngleFault) => {
  const reading = plan[axis]
  const { order } = reading
  if (reading.kind === 'point' && order !== undefined)
    return (value) => readPoint(firstOf(sources, value, never), order, axis)
  return (value) => {
    const hemisphere = reading.hemisphere === undefined ? undefined : value(reading.hemisphere)
    const angle = firstOf(sources, value, never)
    return isAis && AIS_NONE[axis](angle) ? 'position-not-a-number' : readAngle(angle, hemisphere, { reading, axis })
  }
}

const motionReader = (
  { fields, decimal, isAis }: FieldPlan,
  column: 'speed' | 'heading',
): ((value: FieldValue, unread: string[]) => number) => {
  const field = fields.find(({ name }) => name === column)
  if (field === undefined) return () => NaN
  const quantity = column === 'speed' ? 'speed' : 'angle'
  const unit = field.unit === undefined ? undefined : unitNamed(field.unit, quantity)
  const reading: QuantityReading = { quantity, unit, decimal }
  const isNone = isAis ? AIS_NONE[column] : never
  return (value, unread) => {
    const found = readQuantity(firstOf(field.sources, value, isNone), reading)
    if (typeof found !== 'string') return found ?? NaN
    unread.push(`${column}-${found}`)
    return NaN
  }
}

const readType = (value: unknown, unread: string[]): string | undefined => {
  if (isAbsent(value)) return undefined
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'string') unread.push('vehicle-type-not-a-text')
  else if (value.includes('\uFFFD')) unread.push('vehicle-type-not-utf-8')
  else if (!isShort(trimmedText(value))) unread.push('vehicle-type-too-long')
  else return trimmedText(value)
  return undefined
}
