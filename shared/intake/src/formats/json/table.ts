import type { Field } from '../block.ts'
import type { RowFault } from '../../rows/row-fault.ts'
import { MAX_CELLS, MAX_DEPTH, MAX_FIELDS } from './limits.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'

/** Objects inside each other whose members are fields of their own, `a.b.c`; what lies deeper is a value. */
const MAX_FLATTENED = 8

/** Rows that there is room for at first. */
const FIRST_ROWS = 256

/** A field's values so far: numbers as long as there is nothing else. */
interface Column {
  readonly name: string
  readonly index: number
  numbers: Float64Array | undefined
  values: unknown[]
}

/** What became of a row; of one that is `full` nothing is kept, and it fits into a table without rows. */
export type RowEnd = 'taken' | 'full' | RowFault

/**
 * Columns of rows that are objects, by names. Invariant: a row has the values that were set between `open` and `close`, each name the last one, or none of them; the names are
 * those of all rows, in the order in which they came.
 */
export interface Table {
  rowCount(): number
  open(): void
  /** Null and undefined say that there is no value. */
  set(name: string, value: unknown): void
  /** All members of an object; those of objects in it by `a.b`. */
  setMembers(object: JsonObject): void
  close(): RowEnd
  /** The three as one. */
  addObject(object: JsonObject): RowEnd
  finish(): { readonly names: readonly string[]; readonly fields: readonly Field[] }
}

/** @param instants fields whose numbers are ms since the epoch */
export const createTable = (instants: ReadonlySet<string> = new Set()): Table => {
  const columns: Column[] = []
  const byName = new Map<string, Column>()
  let capacity = FIRST_ROWS
  let rows = 0
  /** The column that most probably is set next: rows tend to have the names of the row before. */
  let next = 0
  let namesBefore = 0
  let fieldsOfRow = 0
  let end: RowEnd = 'taken'

  const addColumn = (name: string): Column | undefined => {
    if (rows > 0 && (columns.length + 1) * capacity > MAX_CELLS) {
      end = 'full'
      return undefined
    }
    const column: Column = {
      name,
      index: columns.length,
      numbers: new Float64Array(capacity).fill(NaN),
      values: [],
    }
    columns.push(column)
    byName.set(name, column)
    return column
  }

  const putOther = (column: Column, value: unknown): void => {
    if (value === null || value === undefined) {
      if (column.numbers === undefined) column.values[rows] = undefined
      else column.numbers[rows] = NaN
      return
    }
    if (typeof value === 'object' && isDeep(value, 1)) {
      end = { reason: 'too-deep', detail: `more than ${MAX_DEPTH} lists and objects inside each other` }
      return
    }
    if (column.numbers !== undefined) {
      column.values = valuesOf(column.numbers, rows, capacity)
      column.numbers = undefined
    }
    column.values[rows] = value
  }

  const set = (name: string, value: unknown): void => {
    if (end !== 'taken') return
    let column: Column | undefined = columns[next]
    if (column === undefined || column.name !== name) {
      column = byName.get(name) ?? addColumn(name)
      if (column === undefined) return
    }
    next = column.index + 1
    if (++fieldsOfRow > MAX_FIELDS) end = { reason: 'too-many-fields', detail: `more than ${MAX_FIELDS} fields` }
    else if (typeof value === 'number' && column.numbers !== undefined) column.numbers[rows] = value
    else putOther(column, value)
  }

  const setUnder = (object: JsonObject, prefix: string, depth: number): void => {
    for (const key in object) {
      const value = object[key]
      if (typeof value === 'object' && depth < MAX_FLATTENED && isObject(value) && !isEmpty(value))
        setUnder(value, `${prefix}${key}.`, depth + 1)
      else set(prefix + key, value)
    }
  }

  const open = (): void => {
    end = 'taken'
    next = 0
    fieldsOfRow = 0
    namesBefore = columns.length
    if (rows < capacity) return
    if (columns.length * capacity * 2 > MAX_CELLS) {
      end = 'full'
      return
    }
    capacity *= 2
    for (const column of columns) {
      if (column.numbers === undefined) {
        // Not by its length, which would leave the array with holes.
        while (column.values.length < capacity) column.values.push(undefined)
        continue
      }
      const longer = new Float64Array(capacity).fill(NaN, rows)
      longer.set(column.numbers)
      column.numbers = longer
    }
  }

  const forget = (): void => {
    for (const { name } of columns.splice(namesBefore)) byName.delete(name)
    for (const { numbers, values } of columns) {
      if (numbers === undefined) values[rows] = undefined
      else if (rows < numbers.length) numbers[rows] = NaN
    }
  }

  const close = (): RowEnd => {
    if (end === 'taken') rows++
    else forget()
    return end
  }

  return {
    rowCount: () => rows,
    open,
    set,
    setMembers: (object) => setUnder(object, '', 0),
    close,
    addObject: (object) => {
      open()
      setUnder(object, '', 0)
      return close()
    },
    finish: () => ({
      names: columns.map(({ name }) => name),
      fields: columns.map(({ name, numbers, values }): Field => {
        if (numbers === undefined) {
          values.length = rows
          return { kind: 'value', values }
        }
        return { kind: instants.has(name) ? 'instant' : 'number', values: numbers.subarray(0, rows) }
      }),
    }),
  }
}

const valuesOf = (numbers: Float64Array, rows: number, capacity: number): unknown[] => {
  const values = Array.from<unknown>({ length: capacity })
  for (let row = 0; row < rows; row++) if (!Number.isNaN(numbers[row])) values[row] = numbers[row]
  return values
}

const isEmpty = (object: JsonObject): boolean => {
  for (const _ in object) return false
  return true
}

const isDeep = (value: object, depth: number): boolean => {
  if (depth > MAX_DEPTH) return true
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  return inner.some((item) => typeof item === 'object' && item !== null && isDeep(item, depth + 1))
}
