import type { DatabaseSync } from 'node:sqlite'
import { FleetError } from '@fleetlake/core'
import { looksLikePositions } from '../../fields/looks-like-positions.ts'
import { sqlite } from './open-database.ts'

export interface Table {
  readonly name: string
  /** Whether reading it runs no more than a walk over its rows: no view, no column that is computed. */
  readonly isPlain: boolean
}

interface SchemaRow {
  readonly type: string
  readonly name: string
}

const MAX_TABLES = 10_000

/**
 * The table or view that is asked for; else the only table, or the only one whose columns are such as positions have.
 * @throws FleetError `import.invalid` where there is none, or more than one
 */
export const chooseTable = (
  database: DatabaseSync,
  { name, asked }: { name: string; asked: string | undefined },
): Table => {
  const all = sqlite(name, () => schemaOf(database))
  const listed = (rows: readonly SchemaRow[]): string =>
    rows
      .slice(0, 20)
      .map((row) => `"${row.name}"`)
      .join(', ')
  if (all.length === 0) throw new FleetError('import.invalid', `${name}: it has no table`)
  if (asked !== undefined) {
    const found = all.find((row) => row.name.toLowerCase() === asked.toLowerCase())
    if (found === undefined)
      throw new FleetError('import.invalid', `${name}: it has no table "${asked}"; there are ${listed(all)}`)
    return sqlite(name, () => tableOf(database, found))
  }
  const tables = all.filter(({ type }) => type === 'table')
  const fitting =
    tables.length === 1 && all.length === 1
      ? tables
      : tables.filter((row) =>
          looksLikePositions(sqlite(name, () => columnsOf(database, row)).map((column) => column.name)),
        )
  if (fitting.length === 1) return sqlite(name, () => tableOf(database, fitting[0]))
  throw new FleetError(
    'import.invalid',
    fitting.length === 0
      ? `${name}: none of its tables has columns with names of positions and times; say which one with --table: ${listed(all)}`
      : `${name}: more than one of its tables has positions; say which one with --table: ${listed(fitting)}`,
  )
}

/** Virtual tables are none that positions are kept in. */
const schemaOf = (database: DatabaseSync): SchemaRow[] =>
  database
    .prepare(
      `SELECT type, name FROM sqlite_schema
       WHERE (type = 'view' OR (type = 'table' AND rootpage > 0 AND sql NOT LIKE 'create virtual%')) AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       ORDER BY rowid LIMIT ${MAX_TABLES}`,
    )
    .all() as unknown as SchemaRow[]

interface Column {
  readonly name: string
  /** 2 and 3 for those that are computed. */
  readonly hidden: number
}

/** Of a table; asking for those of a view may take any time. */
const columnsOf = (database: DatabaseSync, { name }: SchemaRow): Column[] =>
  database.prepare('SELECT name, hidden FROM pragma_table_xinfo(?)').all(name) as unknown as Column[]

const tableOf = (database: DatabaseSync, row: SchemaRow): Table => ({
  name: row.name,
  isPlain: row.type === 'table' && columnsOf(database, row).every(({ hidden }) => hidden !== 2 && hidden !== 3),
})
