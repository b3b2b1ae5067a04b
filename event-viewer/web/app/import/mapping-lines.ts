import type { ImportPreview } from '../../api/imports.ts'
import { FORM_COLUMNS, HEMISPHERES, type ImportForm } from './import-form.ts'

/** A column of every position: what was said of it, and what is read. */
export interface ColumnLine {
  readonly name: string
  /** Fields that it is read from; empty where none was found, or nothing is known yet. */
  readonly found: readonly string[]
  /** How: a format of times, a unit. */
  readonly detail?: string
}

export interface MappingLines {
  readonly columns: readonly ColumnLine[]
  /** Measures that were found though nobody asked for them. */
  readonly foundMeasures: readonly ColumnLine[]
  /** How the measures that were asked for are read, in the form's order. */
  readonly askedMeasures: readonly ColumnLine[]
}

type Mapping = NonNullable<ImportPreview['mapping']>

/** The mapping beside the form: a line a column, whether it is known how it is read or not. */
export const mappingLines = (
  mapping: Mapping | undefined,
  form: Pick<ImportForm, 'columns' | 'measures'>,
): MappingLines => {
  const read = new Map((mapping?.columns ?? []).map((column) => [column.name, column]))
  const lineOf = (name: string): ColumnLine => {
    const { fields = [], detail } = read.get(name) ?? {}
    return { name, found: fields, ...(detail === undefined ? {} : { detail }) }
  }
  const hemispheres = HEMISPHERES.filter((name) => form.columns[name] !== undefined || read.has(name))
  const asked = form.measures.map(({ name }) => name.trim())
  const others = new Set<string>([...FORM_COLUMNS, ...HEMISPHERES, ...asked])
  return {
    columns: [...FORM_COLUMNS, ...hemispheres].map(lineOf),
    foundMeasures: [...read.keys()].filter((name) => !others.has(name)).map(lineOf),
    askedMeasures: asked.map(lineOf),
  }
}

interface Reading {
  readonly form: Pick<ImportForm, 'vehicleId' | 'vehicleIdFrom' | 'vehicleType'>
  /** It is known how the files are read. */
  readonly isMapped: boolean
}

/** What a column is read from when nobody says its field. */
export const foundText = ({ name, found }: ColumnLine, { form, isMapped }: Reading): string => {
  if (found.length > 0) return found.join(', ')
  if (name === 'vehicle_id' && form.vehicleId.trim() !== '') return `“${form.vehicleId.trim()}” in all rows`
  if (name === 'vehicle_id' && form.vehicleIdFrom.trim() !== '') return 'the file’s name'
  if (!isMapped) return 'found out'
  return name === 'vehicle_type' ? `“${form.vehicleType.trim() || 'unknown'}” in all rows` : 'not found'
}

/** The columns that the first rows have, in the order of the mapping. */
export const firstRowColumns = ({ first, columns }: Pick<Mapping, 'first' | 'columns'>): string[] => {
  const shown = new Set(first.flatMap((row) => Object.keys(row).filter((name) => name !== 'refused')))
  const inOrder: readonly string[] = [...FORM_COLUMNS, ...columns.map(({ name }) => name)]
  return [...new Set([...inOrder.filter((name) => shown.has(name)), ...shown])]
}
