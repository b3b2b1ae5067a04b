import { FleetError } from '@fleetlake/core'
import { bytesOfTexts } from '../rows/text-list.ts'
import { dateFormOf, describeForm, type Form, formOf, measureFormOf, measureTypeOf } from './forms.ts'
import type { Column as WrittenColumn } from './plan-column.ts'
import { type Column, readDays, readFloats, readMeasure, readMicros, readTexts, readTimes } from './read-columns.ts'
import { type ColumnChunk, findGroups, type NamedLeaf } from './read-footer.ts'
import { isWidened } from './read-group.ts'
import type { FilePart } from './span.ts'
import type { Fields } from './thrift.ts'
import type { MeasureType } from '../measures.ts'

/** Files of any columns, read as what the writer is given; a decimal is one of 9 digits, 6 of them behind the point: a coordinate. */

/** A column that a file is to have. */
export interface FileColumn {
  readonly name: string
  readonly type: WrittenColumn['type']
}

/** A row group, and where it lies. */
export interface FileGroup {
  readonly rows: number
  readonly offset: number
  readonly bytes: number
  /** In the order of the columns that were asked for. */
  readonly chunks: readonly ColumnChunk[]
  /** The file's types of them. */
  readonly types: readonly (MeasureType | undefined)[]
}

export interface FileFooter {
  readonly rows: number
  readonly groups: readonly FileGroup[]
}

const formFor = (type: FileColumn['type'], element: Fields): Form | undefined => {
  switch (type) {
    case 'string':
    case 'text':
      return formOf('label', element)
    case 'timestamp':
      return formOf('instant', element)
    case 'decimal':
      return formOf('degrees', element)
    case 'date':
      return dateFormOf(element)
    case 'float':
      return formOf('float', element)
    case 'double':
    case 'int':
    case 'long':
    case 'boolean': {
      const found = measureTypeOf(element)
      return found !== undefined && isWidened(found, type) ? measureFormOf(element) : undefined
    }
  }
}

/**
 * Where a file has which columns.
 * @param bytes end with the file, of which `fileBytes` is the size
 * @throws FleetError `table.unsupported` for a file without one of the columns, or of another kind than is read
 * @throws RangeError for damaged metadata
 */
export const parseFileFooter = (bytes: Uint8Array, fileBytes: number, columns: readonly FileColumn[]): FileFooter => {
  const file = findGroups(bytes, fileBytes)
  const leaves = columns.map(({ name, type }): NamedLeaf => {
    const leaf = file.columns.get(name)
    if (leaf === undefined) throw new FleetError('table.unsupported', `it has no column ${name}`)
    const form = formFor(type, leaf.element)
    if (form !== undefined) return { ...leaf, name, form }
    throw new FleetError(
      'table.unsupported',
      `its column ${name} is ${describeForm(leaf.element)}, which is not of the type ${type}`,
    )
  })
  const types = leaves.map(({ element }) => measureTypeOf(element))
  const groups = file.groups.map((group): FileGroup => {
    const chunks = leaves.map((leaf) => group.chunkOf(leaf))
    const offset = Math.min(...chunks.map((chunk) => chunk.offset))
    const end = Math.max(...chunks.map((chunk) => chunk.offset + chunk.bytes))
    return { rows: group.rows, offset, bytes: end - offset, chunks, types }
  })
  return { rows: file.rows, groups }
}

/** A column of coordinates, in millionths of a degree. */
const DEGREES = { precision: 9, scale: 6 } as const

const readColumn = (column: Column, type: FileColumn['type'], found: MeasureType | undefined): WrittenColumn => {
  const { name, rows } = column
  switch (type) {
    case 'string':
    case 'text': {
      const codes = new Int32Array(rows)
      return { name, type, codes, dictionary: bytesOfTexts(readTexts(column, codes, type === 'text')) }
    }
    case 'timestamp': {
      const millis = new Float64Array(rows)
      readTimes(column, millis)
      return { name, type, millis }
    }
    case 'date': {
      const days = new Int32Array(rows)
      readDays(column, days)
      return { name, type, days }
    }
    case 'decimal': {
      const unscaled = new Int32Array(rows)
      readMicros(column, unscaled)
      return { name, type, unscaled, ...DEGREES }
    }
    case 'float': {
      const values = new Float32Array(rows)
      readFloats(column, values)
      return { name, type, values, encoding: 'dictionary' }
    }
    case 'double':
    case 'int':
    case 'long':
    case 'boolean': {
      const values = new Float64Array(rows)
      readMeasure(column, found ?? type, values)
      return { name, type, values }
    }
  }
}

/**
 * The columns of a row group, in the order in which they were asked for.
 * @param part holds the bytes of the row group
 * @throws RangeError for damaged bytes, FleetError `table.invalid` for nulls where there can't be any
 */
export const readFileGroup = (
  group: FileGroup,
  { bytes, start }: FilePart,
  columns: readonly FileColumn[],
): readonly WrittenColumn[] =>
  columns.map(({ name, type }, i) => {
    const chunk = group.chunks[i]
    const from = chunk.offset - start
    if (!(from >= 0 && from + chunk.bytes <= bytes.length))
      throw new RangeError(`the column ${name} reaches beyond the file`)
    const column = { name, chunk, bytes: bytes.subarray(from, from + chunk.bytes), rows: group.rows }
    return readColumn(column, type, group.types[i])
  })
