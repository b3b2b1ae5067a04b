import { FleetError } from '@fleetlake/core'
import { isAbsent } from './absent.ts'
import { type Decided, quoted } from './decided.ts'
import { decideNumberTime, NUMBER_FORMATS } from './decide-number-time.ts'
import { decideTextTime, readTexts, type TextReading } from './decide-text-time.ts'
import { isDayAlone } from './iso-time.ts'
import { instantOfNumber, isBareNumber, isWallUnit, UNIT_TITLES } from './number-time.ts'
import { sayInstant } from './calendar.ts'
import { isPlausible } from './plausible.ts'
import { type Decimal, NUMBER_UNITS, type NumberUnit, type TimeReading } from './readings.ts'
import { formatOfTexts, type TextTime } from './text-time.ts'
import { trimmed } from './trimmed.ts'

export interface TimeDecision {
  /** Of `--time-format`: `auto`, `iso`, a name of a unit of numbers, or a pattern; found out when missing. */
  readonly format?: string | undefined
  /** Of times without an offset. */
  readonly zone?: string | undefined
  /** Whether the zone is what the input's own names say, not a person. */
  readonly isZoneOfNames?: boolean
  readonly nowMs: number
  /** The field's, for sentences. */
  readonly name: string
  readonly decimal?: Decimal | undefined
}

/** What a `--time-format` says. @throws FleetError `usage.invalid` for a pattern that can't be */
const formatAsked = (format: string): TextTime | { readonly kind: 'number'; readonly unit: NumberUnit } => {
  if (format === 'iso') return { kind: 'iso' }
  const unit = NUMBER_UNITS.find((each) => UNIT_TITLES[each].format === format)
  if (unit !== undefined) return { kind: 'number', unit }
  checkName(format)
  const form = { kind: 'pattern', pattern: format } as const
  formatOfTexts(form)
  return form
}

/** A word of small letters is meant as a name, not as a pattern. */
const checkName = (format: string): void => {
  if (!/^[a-z-]+$/.test(format)) return
  throw new FleetError(
    'usage.invalid',
    `--time-format "${format}" is not known: it is auto, iso, ${NUMBER_FORMATS.replaceAll('|', ', ')}, or a pattern such as "DD/MM/YYYY HH:mm:ss"`,
  )
}

/**
 * How the times of an input are read, over a sample of its rows.
 * @param sample values of the first rows, in their order; texts, numbers or bigints, as `joinTime` has them where day and time of day are in two fields
 * @throws FleetError `usage.invalid` for a format that can't be
 */
export const decideTime = (sample: readonly unknown[], options: TimeDecision): Decided<TimeReading> => {
  const asked = options.format === undefined || options.format === 'auto' ? undefined : formatAsked(options.format)
  const values = sample.filter((value) => !isAbsent(value))
  if (values.length === 0) return ofNone(asked, options)
  if (asked?.kind === 'number') return ofUnit(values, asked.unit, options)
  if (asked !== undefined) return ofForm(values, asked, options)
  const numbers = values.filter(isBareNumber)
  if (numbers.length * 2 > values.length) return ofNumbers(numbers, values, options)
  return ofTexts(decideTextTime(values.map(textOf), options), values, options)
}

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return trimmed(value)
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : quoted(value)
}

const ofNone = (
  asked: ReturnType<typeof formatAsked> | undefined,
  { zone, name }: TimeDecision,
): Decided<TimeReading> =>
  asked === undefined
    ? {
        question: `none of the first rows has a time in ${quoted(name)}: say how times are written with --time-format, or name another field with --columns event_time=<field>`,
      }
    : { reading: { ...asked, zone }, notes: [`none of the first rows has a time in ${quoted(name)}`] }

const ofUnit = (values: readonly unknown[], unit: NumberUnit, options: TimeDecision): Decided<TimeReading> => {
  const { zone, name, nowMs, decimal } = options
  const instants = values.map((value) => instantOfNumber(value, unit, decimal))
  const first = instants.findIndex((ms) => Number.isFinite(ms))
  const { title, format } = UNIT_TITLES[unit]
  if (first < 0) {
    return {
      question: `--time-format ${format} reads no time in ${quoted(name)}, such as ${quoted(values[0])}: leave it out, or name another one`,
    }
  }
  if (isWallUnit(unit) && zone === undefined) return withoutOffset(name, values[first])
  const isStrange = instants.every((ms) => !isPlausible(ms, nowMs))
  const notes = isStrange
    ? [
        `as ${title}, no time in ${quoted(name)} is between 1990 and now: ${quoted(values[first])} is ${sayInstant(instants[first])}`,
      ]
    : []
  return { reading: { kind: 'number', unit, zone }, notes: [...notes, ...zoneNotes(isWallUnit(unit), options)] }
}

const ofNumbers = (
  numbers: readonly unknown[],
  values: readonly unknown[],
  options: TimeDecision,
): Decided<TimeReading> => {
  const { zone, name, nowMs, decimal = '.' } = options
  const decided = decideNumberTime(numbers, { name, nowMs, decimal })
  if ('question' in decided) return decided
  const unit = decided.reading
  if (isWallUnit(unit) && zone === undefined) return withoutOffset(name, numbers[0], decided.notes)
  const others = values.length - numbers.length
  const miss = values.find((value) => !isBareNumber(value))
  return {
    reading: { kind: 'number', unit, zone },
    notes: [
      ...decided.notes,
      ...(others === 0
        ? []
        : [
            `no numbers: ${others} of the first ${values.length} times in ${quoted(name)}, such as ${quoted(miss)}; such rows are refused`,
          ]),
      ...zoneNotes(isWallUnit(unit), options),
    ],
  }
}

const ofForm = (values: readonly unknown[], form: TextTime, options: TimeDecision): Decided<TimeReading> => {
  const reading = readTexts(values.map(textOf), form)
  if (reading.count > 0) return ofTexts({ reading, notes: [] }, values, options)
  return {
    question: `--time-format "${options.format}" reads no time in ${quoted(options.name)}, such as ${quoted(values[0])}: leave it out, or name another one`,
  }
}

const withoutOffset = (name: string, value: unknown, notes: readonly string[] = []): Decided<TimeReading> => ({
  question: `the times in ${quoted(name)}, such as ${quoted(value)}, have no offset from UTC: say their zone with --timezone, such as --timezone Asia/Shanghai or --timezone UTC${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`,
})

const zoneNotes = (usesZone: boolean, { zone, isZoneOfNames = false, name }: TimeDecision): string[] => {
  if (zone === undefined || usesZone !== isZoneOfNames) return []
  return isZoneOfNames
    ? [`the times in ${quoted(name)} are taken for ${zone}, as the input's names say`]
    : [`--timezone ${zone} is not used: the times in ${quoted(name)} need no zone`]
}

/** What is to be said of the offsets of texts: without any, and without a zone, they are no instants. */
const ofTexts = (
  decided: Decided<TextReading>,
  values: readonly unknown[],
  options: TimeDecision,
): Decided<TimeReading> => {
  if ('question' in decided) return decided
  const { zone, name } = options
  const { form, written, count } = decided.reading
  const local = written.filter((time) => time !== undefined && time.offsetMs === undefined && time.zone === undefined)
  const example = values[written.findIndex((time) => time !== undefined && local.includes(time))]
  if (zone === undefined && local.length * 2 > count) return withoutOffset(name, example, decided.notes)
  const days = form.kind === 'iso' ? values.filter((value) => isDayAlone(textOf(value))).length : 0
  const notes = [...decided.notes]
  if (days * 2 > values.length)
    notes.push(`the times in ${quoted(name)} are days without a time of day: midnight is taken`)
  if (zone === undefined && local.length > 0) {
    notes.push(
      `without an offset from UTC: ${local.length} of the first ${values.length} times in ${quoted(name)}, such as ${quoted(example)}; such rows are refused, unless --timezone says their zone`,
    )
  }
  return {
    reading: { ...form, zone },
    notes: [...notes, ...zoneNotes(local.length > 0, options)],
  }
}
