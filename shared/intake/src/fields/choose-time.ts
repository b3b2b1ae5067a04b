import { isAbsent } from '../values/absent.ts'
import { DAY_MS, sayInstant } from '../values/calendar.ts'
import { type Decided, mayMiss, quoted } from '../values/decided.ts'
import { readTexts } from '../values/decide-text-time.ts'
import { decideTime, type TimeDecision } from '../values/decide-time.ts'
import { isBareNumber } from '../values/number-time.ts'
import { createTimeReader, joinTime } from '../values/read-time.ts'
import type { TimeReading } from '../values/readings.ts'
import { trimmed } from '../values/trimmed.ts'
import { chooseField } from './choose-field.ts'
import { sayField, sayFields } from './name-fields.ts'
import type { Sample } from './sample.ts'
import { DATE_NAMES, matchesOf, plainName, saysUtc } from './usual-names.ts'

/** Where times are, and how they are read. */
export interface TimeChoice {
  readonly sources: readonly string[]
  readonly isInTwo: boolean
  readonly decided: Decided<TimeReading>
}

export interface TimeOptions extends Pick<TimeDecision, 'format' | 'zone' | 'nowMs' | 'decimal'> {
  readonly taken: ReadonlySet<string>
  /** The input's times are UTC where they have no offset, by what the input is. */
  readonly isUtc: (name: string) => boolean
}

const CLOCK = /^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,12})?)?(?: ?[ap]\.?m\.?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?$/i
const CLOCK_DIGITS = /^\d{1,6}$/

/** A part of a day, or its clock's digits. A sheet's days have as many digits, so that these count only beside a day. */
const isClockNumber = (value: unknown, isBesideDay: boolean): boolean => {
  if (!isBareNumber(value)) return false
  const number = Number(value)
  // 0 alone is a clock that was not set.
  return (number > 0 && number < 1) || (isBesideDay && CLOCK_DIGITS.test(String(value)) && number < 240_000)
}

/** Whether a field has times of day, without a day. */
const hasClocks = (sample: Sample, name: string, days: readonly string[]): boolean => {
  const isBesideDay = days.length > 0 && !days.includes(name)
  const values = sample.valuesOf(name).filter((value) => !isAbsent(value))
  const clocks = values.filter(
    (value) => (typeof value === 'string' && CLOCK.test(trimmed(value))) || isClockNumber(value, isBesideDay),
  )
  return values.length > 0 && clocks.length * 2 > values.length
}

const joined = (sample: Sample, [date, clock]: readonly string[]): unknown[] => {
  const clocks = sample.valuesOf(clock)
  return sample.valuesOf(date).map((day, row) => joinTime(day, clocks[row]))
}

/**
 * Digits of day and time of day in two fields are those of a pattern, whose length the longest time of day shows. Seconds of a day are none: soon one of them has more than 59 at its end.
 */
const digitsPattern = (values: readonly unknown[]): string | undefined => {
  const texts = values.filter((value) => typeof value === 'string')
  const found = texts.flatMap((text) => /^\d{8} (\d{1,6})$/.exec(text)?.[1] ?? [])
  if (found.length === 0 || found.length < texts.length) return undefined
  const pattern = found.some((digits) => digits.length > 4) ? 'YYYYMMDD HHmmss' : 'YYYYMMDD HHmm'
  const reading = readTexts(texts, { kind: 'pattern', pattern })
  return texts.length - reading.count <= mayMiss(texts.length) ? pattern : undefined
}

/** What was taken without being asked for is told. */
const withPattern = (
  decided: Decided<TimeReading>,
  pattern: string,
  values: readonly unknown[],
): Decided<TimeReading> => {
  if ('question' in decided) return decided
  const shown = values.find((value) => typeof value === 'string')
  const ms = createTimeReader({ kind: 'pattern', pattern, zone: 'UTC' }).read(shown)
  const instant = typeof ms === 'number' ? `: ${quoted(shown)} is ${sayInstant(ms).slice(0, -1)}` : ''
  return { ...decided, notes: [`times are read as "${pattern}"${instant}`, ...decided.notes] }
}

/** @param sources one field, several of which a row has one, or two for day and time of day */
export const timeOf = (
  sample: Sample,
  { sources, isInTwo }: Pick<TimeChoice, 'sources' | 'isInTwo'>,
  { format, zone, nowMs, decimal, isUtc }: TimeOptions,
): TimeChoice => {
  if (!isInTwo && sources.every((name) => sample.isInstant(name))) {
    const unused = [
      format === undefined || format === 'auto' ? [] : '--time-format',
      zone === undefined ? [] : '--timezone',
    ].flat()
    const notes =
      unused.length === 0
        ? []
        : [`${unused.join(' and ')} is not used: the times in ${sayFields(sources)} are instants already`]
    return { sources, isInTwo, decided: { reading: { kind: 'instant' }, notes } }
  }
  const values = isInTwo ? joined(sample, sources) : firstOf(sample, sources)
  const name = sources.join('+')
  const isUtcByName = zone === undefined && sources.some((source) => saysUtc(source) || isUtc(source))
  const pattern = isInTwo && (format === undefined || format === 'auto') ? digitsPattern(values) : undefined
  const decided = decideTime(values, {
    format: pattern ?? format,
    zone: isUtcByName ? 'UTC' : zone,
    isZoneOfNames: isUtcByName,
    nowMs,
    name,
    decimal,
  })
  return { sources, isInTwo, decided: pattern === undefined ? decided : withPattern(decided, pattern, values) }
}

/** Of each row the value of the first field that has one. */
const firstOf = (sample: Sample, names: readonly string[]): unknown[] =>
  Array.from({ length: sample.rows }, (_, row) => {
    const name = names.find((each) => sample.has(each, row))
    return name === undefined ? undefined : sample.valuesOf(name)[row]
  })

/** The times by usual names: of a field that holds day and time of day, else of two, else of a day alone. */
export const chooseTime = (sample: Sample, options: TimeOptions): TimeChoice | undefined => {
  const names = sample.names.filter((name) => !options.taken.has(name))
  const days = names.filter((name) => DATE_NAMES.includes(plainName(name)) && sample.hasAny(name))
  const clocks = names.filter((name) => matchesOf([name], 'event_time').length > 0 && hasClocks(sample, name, days))
  const choice = chooseField(sample, 'event_time', { taken: new Set([...options.taken, ...clocks]), isNeeded: true })
  const [best] = choice.matches
  if (choice.question !== undefined)
    return { sources: [best.name], isInTwo: false, decided: { question: choice.question } }
  const date = days.find((name) => !clocks.includes(name))
  const isBetter = best !== undefined && best.name !== date
  if (!isBetter && clocks.length > 0 && date !== undefined) {
    const two = timeOf(sample, { sources: [date, clocks[0]], isInTwo: true }, options)
    // A field called date may have both.
    const one = 'question' in two.decided ? timeOf(sample, { sources: [date], isInTwo: false }, options) : two
    return hasTimesOfDay(sample, one) ? one : two
  }
  if (best === undefined) {
    if (clocks.length === 0) return undefined
    return {
      sources: [clocks[0]],
      isInTwo: false,
      decided: {
        question: `the field ${sayField(clocks[0])} has times of day, and no field has their day: name it with --columns "event_time=<date>+${clocks[0]}"`,
      },
    }
  }
  const sources = choice.matches.map(({ name }) => name)
  const readable = firstReadable(sample, sources, options)
  return readable.sources === sources ? withNotes(readable, choice.notes) : readable
}

/** Whether what is read is more than days. */
const hasTimesOfDay = (sample: Sample, { sources, isInTwo, decided }: TimeChoice): boolean => {
  if ('question' in decided) return false
  if (isInTwo) return true
  const { reading } = decided
  const { read } = createTimeReader(reading.kind === 'instant' ? reading : { ...reading, zone: 'UTC' })
  return firstOf(sample, sources).some((value) => {
    const ms = read(value)
    return typeof ms === 'number' && ms % DAY_MS !== 0
  })
}

/** Fields that can't be read give way to one that can. */
const firstReadable = (sample: Sample, sources: readonly string[], options: TimeOptions): TimeChoice => {
  const first = timeOf(sample, { sources, isInTwo: false }, options)
  if (!('question' in first.decided) || options.format !== undefined) return first
  const others = matchesOf(sample.names, 'event_time')
    .map(({ name }) => name)
    .filter((name) => !options.taken.has(name) && !sources.includes(name) && sample.hasAny(name))
    .filter((name) => !DATE_NAMES.includes(plainName(name)))
  for (const name of others) {
    const other = timeOf(sample, { sources: [name], isInTwo: false }, options)
    if ('question' in other.decided) continue
    return withNotes(other, [`the times in ${sayFields(sources)} are not read, since it is not sure how`])
  }
  return first
}

const withNotes = (choice: TimeChoice, notes: readonly string[]): TimeChoice =>
  'question' in choice.decided
    ? choice
    : { ...choice, decided: { reading: choice.decided.reading, notes: [...choice.decided.notes, ...notes] } }
