import { isAbsent } from './absent.ts'
import { type Decided, mayMiss, quoted } from './decided.ts'
import { type Axis, hasMinutes, plainAngle } from './read-angle.ts'
import type { AngleReading } from './readings.ts'

/** What a sample shows of a coordinate. */
export interface AngleSample {
  /** The field's, for sentences. */
  readonly name: string
  readonly values: readonly unknown[]
  /** The field with N, S, E or W, if there is one. */
  readonly hemisphere: string | undefined
}

export interface AnglesDecision {
  readonly longitude: AngleSample
  readonly latitude: AngleSample
  /** What a person says they are; found out when missing. */
  readonly asked?: 'degrees' | 'minutes' | undefined
}

export interface Angles {
  readonly longitude: AngleReading
  readonly latitude: AngleReading
}

interface Seen {
  readonly sample: AngleSample
  readonly axis: Axis
  /** Of the values that are there, zeros left out: they say nothing. */
  readonly numbers: readonly number[]
  readonly first: unknown
  readonly hasSides: boolean
  readonly withMinutes: number
  /** The first value that is no coordinate in any form, if most are not. */
  readonly strange: unknown
}

const seenOf = (sample: AngleSample, axis: Axis): Seen => {
  const values = sample.values.filter((value) => !isAbsent(value))
  const plain = values.map((value) => plainAngle(value, axis))
  const isStrange = values.map((value, i) => Number.isNaN(plain[i].value) && !hasMinutes(value, axis))
  const strange = isStrange.filter((is) => is).length * 2 > values.length
  const firstAt = plain.findIndex(({ value }) => value !== 0 && !Number.isNaN(value))
  return {
    sample,
    axis,
    numbers: plain.flatMap(({ value }) => (value === 0 || Number.isNaN(value) ? [] : [value])),
    first: values[Math.max(0, firstAt)],
    hasSides: sample.hemisphere !== undefined || plain.some(({ hasSide }) => hasSide),
    withMinutes: values.filter((value) => hasMinutes(value, axis)).length,
    strange: strange ? values[isStrange.indexOf(true)] : undefined,
  }
}

const mostAre = (numbers: readonly number[], holds: (value: number) => boolean): boolean =>
  numbers.length > 0 && numbers.filter((value) => !holds(value)).length <= mayMiss(numbers.length)

const LIMITS = { longitude: 180, latitude: 90 } as const

const areDegrees = ({ numbers, axis }: Seen): boolean => mostAre(numbers, (value) => Math.abs(value) <= LIMITS[axis])

/** ddmm.mmmm: some beyond what degrees can be, each with less than 60 minutes. */
const areMinutes = ({ numbers, axis }: Seen): boolean =>
  mostAre(numbers, (value) => Math.abs(value) % 100 < 60 && Math.abs(value) < (LIMITS[axis] + 1) * 100)

const hasDecimals = (value: number, least: number): boolean => {
  const scaled = value * 10 ** (least - 1)
  return Math.abs(scaled - Math.round(scaled)) > 1e-9
}

/** Within ±π and ±π/2, with decimals: as degrees they would all lie in the Gulf of Guinea. */
const areRadians = (longitude: Seen, latitude: Seen): boolean =>
  mostAre(longitude.numbers, (value) => Math.abs(value) <= Math.PI + 1e-4) &&
  mostAre(latitude.numbers, (value) => Math.abs(value) <= Math.PI / 2 + 1e-4) &&
  mostAre([...longitude.numbers, ...latitude.numbers], (value) => hasDecimals(value, 4))

const EARTH_M = 6_378_137

const fieldsOf = (longitude: Seen, latitude: Seen): string =>
  `${quoted(longitude.sample.name)} and ${quoted(latitude.sample.name)}`

const examplesOf = (longitude: Seen, latitude: Seen): string => `${quoted(longitude.first)}, ${quoted(latitude.first)}`

const degreesSaid = (radians: number): string => ((radians * 180) / Math.PI).toFixed(4)

const metres = (longitude: Seen, latitude: Seen): string => {
  const [x, y] = [longitude.numbers[0] ?? 0, latitude.numbers[0] ?? 0]
  const isMercator = Math.abs(x) > 1e6 && Math.abs(x) <= 20_037_509 && Math.abs(y) <= 20_048_967
  const asMercator = isMercator
    ? ` (as Web Mercator they would be at ${degreesSaid(x / EARTH_M)}, ${degreesSaid(2 * Math.atan(Math.exp(y / EARTH_M)) - Math.PI / 2)})`
    : ''
  return `the values of ${fieldsOf(longitude, latitude)}, such as ${examplesOf(longitude, latitude)}, are beyond ±180 and ±90: metres of a map projection, such as UTM or Web Mercator, or scaled degrees${asMercator}; turn them into decimal degrees of WGS84 first`
}

/**
 * How coordinates are read, over a sample of both. Metres and radians are refused, and so are columns in the wrong order; what is on the globe as degrees is taken for degrees.
 */
export const decideAngles = ({ longitude, latitude, asked }: AnglesDecision): Decided<Angles> => {
  const [x, y] = [seenOf(longitude, 'longitude'), seenOf(latitude, 'latitude')]
  const angles = (kind: 'degrees' | 'minutes', notes: readonly string[] = []): Decided<Angles> => ({
    reading: {
      longitude: { kind: kindOf(x, kind), hemisphere: longitude.hemisphere },
      latitude: { kind: kindOf(y, kind), hemisphere: latitude.hemisphere },
    },
    notes,
  })
  const strange = [x, y].find((seen) => seen.strange !== undefined)
  if (strange !== undefined) {
    return {
      question: `most values of ${quoted(strange.sample.name)}, such as ${quoted(strange.strange)}, are no ${strange.axis}s: name another field with --columns ${strange.axis}=<field>`,
    }
  }
  if (asked !== undefined) return angles(asked)
  if (x.numbers.length === 0 && y.numbers.length === 0) return angles('degrees')
  const [isX, isY] = [x.numbers.length === 0 || areDegrees(x), y.numbers.length === 0 || areDegrees(y)]
  if (isX && isY) {
    if (!areRadians(x, y)) return angles('degrees')
    return {
      question: `the values of ${fieldsOf(x, y)}, such as ${examplesOf(x, y)}, lie within ±π and ±π/2, so that they are radians, or all in the Gulf of Guinea: turn them into degrees first, or say --coordinates degrees if they are`,
    }
  }
  const canBeMinutes = (x.numbers.length === 0 || areMinutes(x)) && (y.numbers.length === 0 || areMinutes(y))
  const why = `the values of ${fieldsOf(x, y)}, such as ${examplesOf(x, y)}, are beyond ±180 and ±90`
  if (canBeMinutes && (x.hasSides || x.numbers.length === 0) && (y.hasSides || y.numbers.length === 0))
    return angles('minutes', [`${why}: they are taken for degrees and minutes, ddmm.mmmm`])
  if (isX && areDegrees({ ...x, axis: 'latitude' }) && areDegrees({ ...y, axis: 'longitude' })) {
    return {
      question: `the latitudes in ${quoted(latitude.name)}, such as ${quoted(y.first)}, are beyond ±90, the longitudes in ${quoted(longitude.name)} are not: if they are the other way round, say --columns longitude=${latitude.name},latitude=${longitude.name}`,
    }
  }
  if (canBeMinutes) {
    return {
      question: `${why}, and no hemisphere (N, S, E, W) is with them: if they are degrees and minutes, ddmm.mmmm, say --coordinates minutes; metres must be turned into degrees first`,
    }
  }
  return { question: metres(x, y) }
}

const kindOf = ({ withMinutes, numbers }: Seen, kind: 'degrees' | 'minutes'): AngleReading['kind'] =>
  withMinutes > numbers.length ? 'text' : kind
