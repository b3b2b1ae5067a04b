import type { DatabaseSync } from 'node:sqlite'
import type { Table } from './choose-table.ts'
import { onlyRead, sqlite } from './open-database.ts'

/** Some rows of a table by columns, in the order of its names; null where there is none. */
export interface TableRows {
  readonly names: readonly string[]
  readonly values: readonly unknown[][]
  readonly rows: number
}

export interface TableReader {
  /** The next rows, of about `bytes`; undefined after the last one. @throws FleetError `import.invalid` */
  next(bytes: number): TableRows | undefined
}

/** Of a text; a longer one is none, as are blobs. */
const MAX_TEXT_CHARACTERS = 1024 * 1024
const VALUE_BYTES = 8

/**
 * The rows of a table in the order of its row ids, else of its primary key; of a view as it gives them.
 * @param skip rows that are passed over
 */
export const openTable = (
  database: DatabaseSync,
  { name, isPlain }: Table,
  { file, skip }: { file: string; skip: number },
): TableReader => {
  const order = isPlain ? sqlite(file, () => orderOf(database, name)) : ''
  onlyRead(database)
  const statement = sqlite(file, () =>
    database.prepare(`SELECT * FROM ${quoted(name)}${order} LIMIT -1 OFFSET ${skip}`, {
      readBigInts: true,
      returnArrays: true,
    }),
  )
  // SQLite has no name twice in a table or view.
  const names = statement.columns().map(({ name: column }) => column)
  const rows = sqlite(file, () => statement.iterate()) as unknown as Iterator<unknown[]>
  let fault: unknown
  return {
    next: (bytes) => {
      if (fault !== undefined) throw fault
      const values = names.map((): unknown[] => [])
      let count = 0
      let size = 0
      try {
        while (size < bytes) {
          const { done, value } = sqlite(file, () => rows.next())
          if (done === true) break
          count++
          for (let i = 0; i < names.length; i++) {
            const taken = scalarOf(value[i])
            values[i].push(taken)
            size += VALUE_BYTES + (typeof taken === 'string' ? taken.length : 0)
          }
        }
      } catch (error) {
        // What was read until here is given first.
        if (count === 0) throw error
        fault = error
      }
      return count === 0 ? undefined : { names, values, rows: count }
    },
  }
}

const scalarOf = (value: unknown): unknown => {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  if (typeof value === 'string') return value.length > MAX_TEXT_CHARACTERS ? null : value
  return typeof value === 'number' ? value : null
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

interface Column {
  readonly name: string
  /** The place in the primary key, from 1; 0 for others. */
  readonly pk: number
}

const orderOf = (database: DatabaseSync, table: string): string => {
  const columns = database.prepare('SELECT name, pk FROM pragma_table_info(?)').all(table) as unknown as Column[]
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  const rowId = ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name))
  if (rowId !== undefined && hasColumn(database, table, rowId)) return ` ORDER BY ${rowId}`
  const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk)
  return key.length === 0 ? '' : ` ORDER BY ${key.map(({ name }) => quoted(name)).join(', ')}`
}

/** Tables may have none. */
const hasColumn = (database: DatabaseSync, table: string, column: string): boolean => {
  try {
    database.prepare(`SELECT ${column} FROM ${quoted(table)} LIMIT 0`)
    return true
  } catch {
    return false
  }
}
