import { isAbsent } from './absent.ts'
import type { AngleReading } from './readings.ts'
import { trimmed } from './trimmed.ts'

export type Axis = 'longitude' | 'latitude'
export type AngleFault = 'position-missing' | 'position-not-a-number'

/** 1 for north and east, -1 for south and west. */
type Side = 1 | -1

const SIDES: Readonly<Record<Axis, ReadonlyMap<string, Side>>> = {
  latitude: new Map([
    ['n', 1],
    ['north', 1],
    ['s', -1],
    ['south', -1],
  ]),
  longitude: new Map([
    ['e', 1],
    ['east', 1],
    ['w', -1],
    ['west', -1],
  ]),
}
/** The longest, with a point behind it. */
const LONGEST_SIDE = 6

/** Of the text of a hemisphere; undefined for anything else. */
export const sideOf = (value: unknown, axis: Axis): Side | undefined => {
  const text = typeof value === 'string' ? trimmed(value) : ''
  return text.length > LONGEST_SIDE ? undefined : SIDES[axis].get(text.replace(/\.$/, '').toLowerCase())
}

const LONGEST = 60
const SIDE = String.raw`[nsew]|north|south|east|west`
const WITH_SIDE = new RegExp(
  String.raw`^(?:(?<before>${SIDE})\s*)?(?<rest>[^a-ce-ln-rt-z]*?)\s*(?<after>${SIDE})?$`,
  'i',
)
/** One number, with or without a sign of degrees. */
const DECIMAL = /^(?<sign>[-+]?)(?<degrees>\d{1,10}(?:[.,]\d*)?|[.,]\d+)\s*[°d]?$/i
/** A number near to nothing, as programs write it: -4.5e-05. */
const WITH_EXPONENT = /^(?<sign>[-+]?)(?<degrees>\d(?:[.,]\d+)?e[-+]\d{1,2})$/i
/** Degrees, minutes and perhaps seconds, with marks or blanks between them. Only the last may have a fraction. */
const PARTS =
  /^(?<sign>[-+]?)(?<degrees>\d{1,3})\s*(?:[°d:]\s*|\s|-)(?<minutes>\d{1,2}(?:[.,]\d*)?)\s*(?:(?:['m:]\s*|\s|-)(?:(?<seconds>\d{1,2}(?:[.,]\d*)?)\s*["s]?)?)?$/i

/** The marks of degrees, minutes and seconds, and minus, as one character each. */
const plainMarks = (text: string): string =>
  text
    .replaceAll(/[º˚]/g, '°')
    .replaceAll(/[′’‘´`]/g, "'")
    .replaceAll(/''|[″”“]/g, '"')
    .replaceAll(/[−–]/g, '-')

const numberOf = (text: string): number => Number(text.replace(',', '.'))

interface Written {
  /** Without its sign. */
  readonly degrees: number
  readonly isNegative: boolean
  readonly side: Side | undefined
  readonly isPlain: boolean
}

type Sides = Readonly<Record<string, string | undefined>> | undefined

/** The s of 31d14m22s is no south. */
const withoutMarkOfSeconds = (groups: Sides): { before?: string; rest?: string; after?: string } => {
  const { before, rest, after } = groups ?? {}
  const isMark = rest !== undefined && after?.toLowerCase() === 's' && /[dm]/i.test(rest) && /\d$/.test(rest)
  return {
    ...(before === undefined ? {} : { before }),
    ...(rest === undefined ? {} : { rest }),
    ...(after === undefined || isMark ? {} : { after }),
  }
}

/** Of a text in any of the forms; `isPlain` says that it is one number. */
const writtenOf = (value: string, axis: Axis): Written | undefined => {
  if (value.length > LONGEST) return undefined
  const text = plainMarks(trimmed(value))
  const small = WITH_EXPONENT.exec(text)?.groups
  if (small !== undefined)
    return { degrees: numberOf(small['degrees']), isNegative: small['sign'] === '-', side: undefined, isPlain: true }
  const { before, rest = '', after } = withoutMarkOfSeconds(WITH_SIDE.exec(text)?.groups)
  if (before !== undefined && after !== undefined) return undefined
  const letters = before ?? after
  const side = letters === undefined ? undefined : sideOf(letters, axis)
  if (letters !== undefined && side === undefined) return undefined
  const decimal = DECIMAL.exec(rest)?.groups
  if (decimal !== undefined)
    return { degrees: numberOf(decimal['degrees']), isNegative: decimal['sign'] === '-', side, isPlain: true }
  const parts = PARTS.exec(rest)?.groups
  if (parts === undefined) return undefined
  const { sign, degrees, minutes, seconds } = parts
  if (seconds !== undefined && /[.,]/.test(minutes)) return undefined
  const [m, s] = [numberOf(minutes), numberOf(seconds ?? '0')]
  if (m >= 60 || s >= 60) return undefined
  return { degrees: Number(degrees) + m / 60 + s / 3600, isNegative: sign === '-', side, isPlain: false }
}

/** Of ddmm.mmmm: NaN when it has 60 minutes or more. */
export const degreesOfMinutes = (value: number): number => {
  const degrees = Math.floor(value / 100)
  const minutes = value - degrees * 100
  return minutes < 60 ? degrees + minutes / 60 : NaN
}

/** NaN for a sign that contradicts the hemisphere: -31 N. -31 S is 31 S. */
const signed = (degrees: number, isNegative: boolean, side: Side | undefined): number => {
  if (side === undefined) return isNegative ? 0 - degrees : degrees
  if (isNegative && side === 1 && degrees !== 0) return NaN
  return side === -1 ? 0 - degrees : degrees
}

/**
 * A coordinate in degrees, negative in the south and west. Whether it is on the globe is not its business.
 * @param value a number, or a text in any of the usual forms, with a decimal point or comma
 * @param hemisphere the value of the hemisphere's field; it counts only where `reading` names one, and a row without it has no position
 */
export const readAngle = (
  value: unknown,
  hemisphere: unknown,
  { reading, axis }: { readonly reading: AngleReading; readonly axis: Axis },
): number | AngleFault => {
  if (isAbsent(value)) return 'position-missing'
  const written = writtenOfValue(value, axis)
  if (written === undefined) return 'position-not-a-number'
  let { side } = written
  if (reading.hemisphere !== undefined && side === undefined) {
    if (isAbsent(hemisphere)) return 'position-missing'
    side = sideOf(hemisphere, axis)
    if (side === undefined) return 'position-not-a-number'
  }
  const isMinutes = reading.kind === 'minutes' && written.isPlain
  const degrees = signed(isMinutes ? degreesOfMinutes(written.degrees) : written.degrees, written.isNegative, side)
  return Number.isNaN(degrees) ? 'position-not-a-number' : degrees
}

const writtenOfValue = (value: unknown, axis: Axis): Written | undefined => {
  if (typeof value === 'string') return writtenOf(value, axis)
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  const number = Number(value)
  return { degrees: Math.abs(number), isNegative: number < 0, side: undefined, isPlain: true }
}

/** The number in a coordinate's value, without its hemisphere, for deciding how it is read; NaN where it has none, or has marks of minutes. */
export const plainAngle = (value: unknown, axis: Axis): { readonly value: number; readonly hasSide: boolean } => {
  const written = isAbsent(value) ? undefined : writtenOfValue(value, axis)
  if (written === undefined || !written.isPlain) return { value: NaN, hasSide: false }
  return { value: written.isNegative ? 0 - written.degrees : written.degrees, hasSide: written.side !== undefined }
}

/** The degrees of a text in any form but ddmm.mmmm; undefined for one that is none, or that names a side of the other axis. */
export const degreesOfText = (text: string, axis: Axis): number | undefined => {
  const written = writtenOf(text, axis)
  if (written === undefined) return undefined
  const degrees = signed(written.degrees, written.isNegative, written.side)
  return Number.isNaN(degrees) ? undefined : degrees
}

/** Whether a value is a coordinate with minutes, and perhaps seconds. */
export const hasMinutes = (value: unknown, axis: Axis): boolean =>
  typeof value === 'string' && writtenOf(value, axis)?.isPlain === false
