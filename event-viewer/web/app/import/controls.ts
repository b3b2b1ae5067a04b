import { measureLabel } from '../shell/measure-words.ts'
import { FORM_COLUMNS, HEMISPHERES, type ImportForm } from './import-form.ts'

/** A control of the form; one of the columns is `columns.<name>`. */
export type Control = Exclude<keyof ImportForm, 'columns'> | `columns.${string}`

/** What the controls are called. */
export const LABELS: Readonly<Record<Exclude<keyof ImportForm, 'columns'>, string>> = {
  measures: 'Measures',
  timezone: 'Time zone',
  timeFormat: 'Time format',
  vehicleId: 'Vehicle id of all rows',
  vehicleIdFrom: 'Vehicle id from the file’s name',
  vehicleType: 'Vehicle type',
  speedUnit: 'Unit of speeds',
  from: 'Format',
  delimiter: 'Delimiter',
  header: 'Header',
  skipLines: 'Lines to skip',
  decimal: 'Decimal mark',
  coordinates: 'Coordinates',
  path: 'Path of the rows',
  table: 'Table or sheet',
  corrections: 'Corrections',
}

/** Those that are folded away until they are wanted. */
export const MORE_CONTROLS: ReadonlySet<Control> = new Set([
  'from',
  'delimiter',
  'header',
  'skipLines',
  'decimal',
  'coordinates',
  'path',
  'table',
  'corrections',
])

/** `Vehicle id` of `vehicle_id`; hemispheres belong to a coordinate. */
export const columnLabel = (name: string): string => {
  const [axis, hemisphere] = name.split('_hemisphere')
  return hemisphere === '' ? `${measureLabel({ name: axis })}: N, S, E or W` : measureLabel({ name })
}

/** The control that says a column's or a measure's field. */
export const controlOfColumn = (name: string): Control =>
  ([...FORM_COLUMNS, ...HEMISPHERES] as readonly string[]).includes(name) ? `columns.${name}` : 'measures'

export const labelOf = (control: Control): string =>
  isOfColumn(control) ? columnLabel(control.slice('columns.'.length)) : LABELS[control]

const isOfColumn = (control: Control): control is `columns.${string}` => control.startsWith('columns.')

/** Of the element that takes the focus. */
export const idOfControl = (control: Control): string => `import-${control.replace('.', '-')}`
