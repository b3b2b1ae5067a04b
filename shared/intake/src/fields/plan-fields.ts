import { FleetError } from '@fleetlake/core'
import { closest } from 'fastest-levenshtein'
import { quoted } from '../values/decided.ts'
import { decideDecimal } from '../values/read-number.ts'
import type { Decimal } from '../values/readings.ts'
import { isZone } from '../values/zone-clock.ts'
import { type Draft, type FieldQuestion, isPlanned, plannedOf } from './draft.ts'
import { knownTableOf } from './known-tables.ts'
import { listed } from './name-fields.ts'
import type { FieldPlan } from './plan.ts'
import { type Sample, sampleOf } from './sample.ts'
import { takeAngles } from './take-angles.ts'
import { takeAsked } from './take-asked.ts'
import { takeMeasures } from './take-measures.ts'
import { checkSpeed, takeMotion } from './take-motion.ts'
import { sampledPeriod, takeTime } from './take-time.ts'
import { takeId, takeType } from './take-vehicle.ts'
import { likelyField } from './usual-names.ts'

/**
 * How the rows of an input are read, decided once over a sample of its first rows. Invariant: what is not certain is refused with a question and what answers it, or it is in `notes` as a sentence.
 * @throws FleetError `import.invalid` with a sentence a line: fields that are missing or can't be told apart, times, coordinates or units that can be read in two ways; `usage.invalid` for a zone or a time format that
 * can't be
 */
export const planFields = (question: FieldQuestion): FieldPlan => {
  const rows = sampleOf(question.sample)
  const draft: Draft = {
    ...question,
    rows,
    fields: [],
    notes: [],
    questions: [],
    taken: new Set(),
    table: question.format.hasMeaning ? undefined : knownTableOf(rows.names),
  }
  checkZone(question.options.timezone)
  takeAsked(draft)
  takeId(draft)
  takeType(draft)
  const angles = takeAngles(draft)
  takeMotion(draft)
  takeMeasures(draft)
  const decimal = decimalOf(draft)
  const time = takeTime(draft, decimal)
  checkSpeed(draft, decimal)
  checkMissing(draft)
  if (draft.questions.length > 0 || time === undefined || angles === undefined)
    throw new FleetError('import.invalid', draft.questions.join('\n'))
  return {
    fields: draft.fields.toSorted((a, b) => placeOf(a.name) - placeOf(b.name)),
    time: time.reading,
    isTimeInTwo: time.isInTwo,
    ...angles,
    decimal,
    isAis: draft.table?.isAis === true,
    vehicleId: question.options.vehicleId,
    vehicleType: question.options.vehicleType,
    sampled: sampledPeriod(draft, { ...time, decimal }),
    notes: draft.notes,
  }
}

const ORDER: readonly string[] = [
  'vehicle_id',
  'vehicle_type',
  'event_time',
  'longitude',
  'latitude',
  'speed',
  'heading',
]

/** Columns in their order, then measures in theirs. */
const placeOf = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)

/** @throws FleetError `usage.invalid` */
export const checkZone = (zone: string | undefined): void => {
  if (zone === undefined || isZone(zone)) return
  const near = closest(zone.slice(0, 100), [...Intl.supportedValuesOf('timeZone'), 'UTC'])
  throw new FleetError('usage.invalid', `--timezone "${zone}" is not a time zone; did you mean ${near}?`)
}

const textsOf = ({ rows }: Draft, names: readonly string[]): string[] =>
  names
    .filter((name) => rows.names.includes(name))
    .flatMap((name) => rows.valuesOf(name).filter((value) => typeof value === 'string'))

const decimalOf = (draft: Draft): Decimal => {
  if (draft.options.decimal !== undefined) return draft.options.decimal
  const sources = (names: readonly string[]): string[] =>
    draft.fields.filter(({ name }) => names.includes(name)).flatMap((field) => field.sources)
  const numbers = draft.fields.filter(({ name, type }) => type === 'double' || name === 'speed' || name === 'heading')
  const decimal = decideDecimal(
    // Of both coordinates in a cell a comma may part them.
    plannedOf(draft, 'longitude')?.sources[0] === plannedOf(draft, 'latitude')?.sources[0]
      ? []
      : textsOf(draft, sources(['longitude', 'latitude'])),
    textsOf(
      draft,
      numbers.flatMap((field) => field.sources),
    ),
  )
  if (decimal === ',') draft.notes.push('numbers are taken to have a decimal comma')
  return decimal ?? '.'
}

const NEEDED = ['vehicle_id', 'event_time', 'longitude', 'latitude'] as const

const checkMissing = (draft: Draft): void => {
  const { rows, options, questions, format } = draft
  // What is asked is no better said twice.
  const isAskedFor = (column: string): boolean => questions.some((each) => each.includes(`${column}=`))
  const missing = NEEDED.filter(
    (column) =>
      !isPlanned(draft, column) && !isAskedFor(column) && !(column === 'vehicle_id' && options.vehicleId !== undefined),
  )
  if (missing.length === 0) return
  const unsaid = missing.filter((column) => column !== 'vehicle_id')
  if (format.hasMeaning && unsaid.length > 0) {
    const what = unsaid.includes('event_time') ? 'time' : 'longitude and no latitude'
    questions.push(
      `${rows.rows === 1 ? 'its only row has' : `the first ${rows.rows} rows have`} no ${what}: what has none is no report of a vehicle`,
    )
    return
  }
  const isIdAlone = missing.length === 1 && missing[0] === 'vehicle_id'
  const columns = missing.map((column) => `${column}=${likelyField(rows.names, column) ?? '<field>'}`).join(',')
  const ofOne = missing.includes('vehicle_id')
    ? isIdAlone && format.hasMeaning
      ? 'say --vehicle-id, or --vehicle-id-from if the name of the file has it'
      : `name them with --columns ${columns}, or give --vehicle-id if all rows are of one vehicle`
    : `name them with --columns ${columns}`
  questions.push(`no field for ${missing.join(', ')}; ${fieldsOf(rows)}: ${ofOne}`)
}

const isWithoutHeader = (names: readonly string[]): boolean =>
  names.length > 0 && names.every((name, i) => name === String(i + 1))

/** What the input has. Where its fields have no names, the values of the first row tell which is which. */
const fieldsOf = (rows: Sample): string =>
  isWithoutHeader(rows.names)
    ? `the input has no header, and in its first row ${rows.names
        .slice(0, MOST_SHOWN)
        .map((name) => `${name} is ${quoted(rows.valuesOf(name)[0])}`)
        .join(', ')}`
    : `the input has ${listed(rows.names)}`

const MOST_SHOWN = 12
