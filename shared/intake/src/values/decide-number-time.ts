import { DAY_MS, sayInstant } from './calendar.ts'
import { type Decided, mayMiss, quoted } from './decided.ts'
import { instantOfNumber, isWallUnit, UNIT_TITLES } from './number-time.ts'
import { areStepsPlausible, isPlausible, steadierOf } from './plausible.ts'
import { type Decimal, NUMBER_UNITS, type NumberUnit } from './readings.ts'
import { suspicionOf } from './suspicion.ts'

export interface NumberTimeOptions {
  /** Of the field, for sentences; where it has `gps` in it, seconds may be those of GPS. */
  readonly name: string
  readonly nowMs: number
  readonly decimal: Decimal
}

interface Reading {
  readonly unit: NumberUnit
  /** Of all values, in their order. */
  readonly instants: readonly number[]
}

/** The formats that numbers may have, as a person says them. */
export const NUMBER_FORMATS: string = NUMBER_UNITS.map((unit) => UNIT_TITLES[unit].format).join('|')

/** Clocks that were not set yet say nothing of the unit. */
const isUnset = (ms: number): boolean => {
  const suspicion = suspicionOf(ms)
  return suspicion === 'epoch-1970' || suspicion === 'epoch-gps'
}

/** Whole days, another in nearly every row, are a count of something. */
const isCount = (instants: readonly number[]): boolean => {
  if (instants.length < 4 || instants.some((ms) => ms % DAY_MS !== 0)) return false
  return instants.filter((ms, i) => i > 0 && ms !== instants[i - 1]).length > instants.length / 2
}

const fits = ({ unit, instants }: Reading, nowMs: number): boolean => {
  const set = instants.filter((ms) => !isUnset(ms))
  const plausible = set.filter((ms) => isPlausible(ms, nowMs))
  if (plausible.length === 0 || set.length - plausible.length > mayMiss(set.length)) return false
  return areStepsPlausible(plausible) && !(unit === 'days-1899' && isCount(plausible))
}

const firstOf = ({ instants }: Reading, nowMs: number): number => instants.findIndex((ms) => isPlausible(ms, nowMs))

const examplesOf = (readings: readonly Reading[]): string =>
  readings.map(({ unit, instants }) => `${sayInstant(instants[0])} as ${UNIT_TITLES[unit].title}`).join(', ')

const choicesOf = (readings: readonly Reading[]): string =>
  readings.map(({ unit }) => `--time-format ${UNIT_TITLES[unit].format}`).join(' or ')

/**
 * In what bare numbers count, by what is plausible: nearly all of them must be between 1990 and a day from now, and most rows within months of those before them.
 * @param values of the rows that have one, in their order; each `isBareNumber`
 */
export const decideNumberTime = (
  values: readonly unknown[],
  { name, nowMs, decimal }: NumberTimeOptions,
): Decided<NumberUnit> => {
  const readings = NUMBER_UNITS.filter((unit) => unit !== 'gps-s' || /gps/i.test(name)).map((unit): Reading => ({
    unit,
    instants: values.map((value) => instantOfNumber(value, unit, decimal)),
  }))
  const plausible = readings.filter((reading) => fits(reading, nowMs))
  if (plausible.length === 0) {
    const known = readings.filter(({ instants }) => Number.isFinite(instants[0])).slice(0, 3)
    const examples = known.length === 0 ? '' : ` (${quoted(values[0])} would be ${examplesOf(known)})`
    return {
      question: `the times in ${quoted(name)} are bare numbers, such as ${quoted(values[0])}, and in no unit they are between 1990 and now${examples}: say what they are with --time-format ${NUMBER_FORMATS}, or a pattern such as DDMMYYYYHHmmss`,
    }
  }
  if (plausible.length === 1) return take(plausible[0], { values, name, nowMs })
  if (plausible.length === 2) {
    const steadier = steadierOf(plausible[0].instants, plausible[1].instants)
    if (steadier !== undefined) return take(plausible[steadier === 'a' ? 0 : 1], { values, name, nowMs })
  }
  const first = firstOf(plausible[0], nowMs)
  const each = plausible.map(({ unit, instants }) => ({ unit, instants: [instants[first]] }))
  return {
    question: `the times in ${quoted(name)} can be read in ${each.length} ways, ${quoted(values[first])} is ${examplesOf(each)}: say which with ${choicesOf(each)}`,
  }
}

const take = (
  reading: Reading,
  { values, name, nowMs }: { values: readonly unknown[]; name: string; nowMs: number },
): Decided<NumberUnit> => {
  const first = firstOf(reading, nowMs)
  const instant = sayInstant(reading.instants[first])
  const shown = isWallUnit(reading.unit) ? instant.slice(0, -1) : instant
  return {
    reading: reading.unit,
    notes: [
      `the times in ${quoted(name)} are taken for ${UNIT_TITLES[reading.unit].title}: ${quoted(values[first])} is ${shown}`,
    ],
  }
}
