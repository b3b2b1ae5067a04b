import { setImmediate } from 'node:timers/promises'
import type { Block, Cursor, Field } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { showRow } from '../show-row.ts'
import { chooseTable } from './choose-table.ts'
import { openDatabase } from './open-database.ts'
import { readInProcess } from './read-in-process.ts'
import { openTable, type TableRows } from './read-table.ts'

const MAGIC = 'SQLite format 3\0'

/**
 * A table of an SQLite database: the one that is asked for, or the only one with columns of positions; a view where it is asked for. The file is never written. Whole numbers beyond 2^53 are bigints; blobs
 * are left out.
 */
export const SQLITE: Format = {
  name: 'sqlite',
  title: 'SQLite',
  counts: 'row',
  hasMeaning: false,
  sniff: (head) =>
    Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, MAGIC.length)).toString('latin1') === MAGIC
      ? 2
      : 0,
  read: readSqlite,
}

async function* readSqlite(
  input: Input,
  { table: asked, from, blockBytes, signal }: ReadOptions,
): AsyncGenerator<Block> {
  const path = await input.file(signal)
  const database = openDatabase(path, input.name)
  try {
    const table = chooseTable(database, { name: input.name, asked })
    const request = { path, file: input.name, table: table.name, skip: from.at, bytes: blockBytes }
    let start = from
    if (!table.isPlain) {
      for await (const rows of readInProcess(request, { signal })) {
        yield blockOf(rows, start)
        start = after(start, rows)
      }
      return
    }
    const reader = openTable(database, table, { file: input.name, skip: from.at })
    for (let rows = reader.next(blockBytes); rows !== undefined; rows = reader.next(blockBytes)) {
      signal.throwIfAborted()
      yield blockOf(rows, start)
      start = after(start, rows)
      // SQLite reads without letting anything else run.
      await setImmediate()
    }
  } finally {
    database.close()
  }
}

const after = ({ at }: Cursor, { rows }: TableRows): Cursor => ({ at: at + rows, place: at + rows + 1 })

const blockOf = ({ names, values, rows }: TableRows, from: Cursor): Block => {
  const fields = values.map(fieldOf)
  return {
    names,
    fields,
    rows,
    places: Float64Array.from({ length: rows }, (_, row) => from.at + row + 1),
    textOf: (row) => showRow(names, fields, row),
    faults: [],
    from,
    next: after(from, { names, values, rows }),
  }
}

const fieldOf = (values: readonly unknown[]): Field =>
  values.every((value) => value === null || typeof value === 'number')
    ? { kind: 'number', values: Float64Array.from(values, (value) => (value === null ? NaN : Number(value))) }
    : { kind: 'value', values }
