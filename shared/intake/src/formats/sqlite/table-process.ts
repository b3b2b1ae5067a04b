import { Worker } from 'node:worker_threads'
import { FleetError } from '@fleetlake/core'
import { openDatabase } from './open-database.ts'
import { openTable, type TableRows } from './read-table.ts'

/**
 * The process in which `readInProcess` has a table read whose rows may take any time to find: a query can't be stopped, a process can. Argument: what is to be read, as JSON. Each message asks for rows.
 */

export interface TableRequest {
  readonly path: string
  readonly file: string
  readonly table: string
  readonly skip: number
  readonly bytes: number
}

export type TableAnswer = { readonly rows: TableRows | undefined } | { readonly fault: string }

const { path, file, table, skip, bytes } = JSON.parse(process.argv[2]) as TableRequest

// When its parent is gone while a query runs, a thread of it ends the process.
const WATCH = `const parent = process.ppid
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 1000)`
new Worker(WATCH, { eval: true }).unref()

const answering = (answer: () => TableAnswer): void => {
  let message: TableAnswer
  try {
    message = answer()
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    message = { fault: error.message }
  }
  process.send!(message)
}

let reader: ReturnType<typeof openTable> | undefined
process.on('disconnect', () => process.exit(0))
process.on('message', () =>
  answering(() => {
    reader ??= openTable(openDatabase(path, file), { name: table, isPlain: false }, { file, skip })
    return { rows: reader.next(bytes) }
  }),
)
