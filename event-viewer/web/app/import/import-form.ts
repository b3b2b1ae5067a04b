import { measureNameFault } from '@fleetlake/columnar'
import type { ImportChoices } from '../../api/imports.ts'
import { sentenceOf } from '../shell/sentence.ts'

/** What the controls hold: texts as typed, empty and null for what is to be found out. */
export interface ImportForm {
  /** The field of the input by column; `Date+Time` joins two. */
  columns: Record<string, string>
  measures: MeasureLine[]
  timezone: string
  timeFormat: string
  vehicleId: string
  vehicleIdFrom: string
  vehicleType: string
  speedUnit: string
  from: string
  delimiter: string
  header: 'auto' | 'yes' | 'no'
  skipLines: number | null
  decimal: string
  coordinates: string
  path: string
  table: string
  corrections: boolean
}

export interface MeasureLine {
  name: string
  field: string
}

/** Columns of every position, in the order of the table, and the fields that say N or S, E or W. */
export const FORM_COLUMNS = [
  'vehicle_id',
  'vehicle_type',
  'event_time',
  'longitude',
  'latitude',
  'speed',
  'heading',
] as const
export const HEMISPHERES = ['longitude_hemisphere', 'latitude_hemisphere'] as const
const COLUMNS: readonly string[] = [...FORM_COLUMNS, ...HEMISPHERES]

/** Of a text that a person says: the service takes no longer one. */
export const MAX_SAID = 255

/** The controls whose choices have the control's name, and are texts. */
const TEXTS = [
  'timezone',
  'timeFormat',
  'vehicleId',
  'vehicleIdFrom',
  'vehicleType',
  'speedUnit',
  'from',
  'path',
  'table',
  'decimal',
  'coordinates',
] as const satisfies readonly (keyof ImportForm & keyof ImportChoices)[]

export const newImportForm = (): ImportForm => formOf({})

/** The controls as they stand for choices. Invariant: what is read from them are the choices. */
export const formOf = (choices: ImportChoices): ImportForm => {
  const said = Object.entries(choices.columns ?? {})
  return {
    columns: Object.fromEntries(said.filter(([name]) => COLUMNS.includes(name))),
    measures: said.filter(([name]) => !COLUMNS.includes(name)).map(([name, field]) => ({ name, field })),
    timezone: choices.timezone ?? '',
    timeFormat: choices.timeFormat ?? '',
    vehicleId: choices.vehicleId ?? '',
    vehicleIdFrom: choices.vehicleIdFrom ?? '',
    vehicleType: choices.vehicleType ?? '',
    speedUnit: choices.speedUnit ?? '',
    from: choices.from ?? '',
    delimiter: choices.delimiter === '\t' ? 'tab' : (choices.delimiter ?? ''),
    header: choices.hasHeader === undefined ? 'auto' : choices.hasHeader ? 'yes' : 'no',
    skipLines: choices.skipLines ?? null,
    decimal: choices.decimal ?? '',
    coordinates: choices.coordinates ?? '',
    path: choices.path ?? '',
    table: choices.table ?? '',
    corrections: choices.corrections ?? false,
  }
}

/** A control, or a line of the measures: `measures.0`. */
export interface ImportFault {
  readonly name: string
  readonly message: string
}

export type ReadImportForm =
  | { readonly ok: true; readonly choices: ImportChoices }
  | { readonly ok: false; readonly faults: readonly ImportFault[] }

/** Every fault that can be told without the files, at the control that it comes from. */
export const readImportForm = (form: ImportForm): ReadImportForm => {
  const faults = [...faultsOfMeasures(form.measures), ...faultsOfDelimiter(form.delimiter)]
  return faults.length > 0 ? { ok: false, faults } : { ok: true, choices: choicesOf(form) }
}

const choicesOf = (form: ImportForm): ImportChoices => {
  const columns = Object.fromEntries([
    ...COLUMNS.flatMap((name) => (form.columns[name] ? [[name, form.columns[name]] as const] : [])),
    ...form.measures.filter(isSaid).map(({ name, field }) => [name.trim(), field] as const),
  ])
  const texts = TEXTS.flatMap((name) => {
    const text = form[name].trim()
    return text === '' ? [] : [[name, text] as const]
  })
  return {
    ...(Object.keys(columns).length === 0 ? {} : { columns }),
    ...(Object.fromEntries(texts) as Partial<ImportChoices>),
    ...(form.delimiter === '' ? {} : { delimiter: delimiterOf(form.delimiter) }),
    ...(form.header === 'auto' ? {} : { hasHeader: form.header === 'yes' }),
    ...(form.skipLines === null ? {} : { skipLines: form.skipLines }),
    ...(form.corrections ? { corrections: true } : {}),
  }
}

const isSaid = ({ name, field }: MeasureLine): boolean => name.trim() !== '' || field !== ''

const faultsOfMeasures = (lines: readonly MeasureLine[]): ImportFault[] =>
  lines.flatMap((line, i) => {
    const message = faultOfMeasure(line, lines.slice(0, i))
    return message === undefined || !isSaid(line) ? [] : [{ name: `measures.${i}`, message }]
  })

const faultOfMeasure = ({ name, field }: MeasureLine, before: readonly MeasureLine[]): string | undefined => {
  const trimmed = name.trim()
  if (trimmed === '') return 'Give the measure a name.'
  const fault = measureNameFault(trimmed)
  if (fault !== undefined) return sentenceOf(fault)
  if (before.some((other) => other.name.trim() === trimmed)) return 'This measure is there already.'
  return field === '' ? 'Choose its field.' : undefined
}

const delimiterOf = (text: string): string => (text === 'tab' || text === String.raw`\t` ? '\t' : text)

const faultsOfDelimiter = (text: string): ImportFault[] =>
  text === '' || (delimiterOf(text).length === 1 && !/["\r\n]/.test(text))
    ? []
    : [{ name: 'delimiter', message: 'Give one character such as , ; | or the word tab.' }]
