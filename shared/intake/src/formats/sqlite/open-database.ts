import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { constants, DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { FleetError } from '@fleetlake/core'

/** Of a value, of what all queries take at a time. */
const MAX_VALUE_BYTES = 256 * 1024 * 1024
const MAX_HEAP_BYTES = 512 * 1024 * 1024
const LOCK_TIMEOUT_MS = 5_000

/** What a query may do: read. */
const ALLOWED = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
])

/**
 * A database that is only read, and whose schema is not trusted: it runs nothing but the functions that are harmless wherever they come from, and attaches, writes and loads nothing.
 * @param file its path
 * @param name for people
 * @throws FleetError `import.invalid`
 */
export const openDatabase = (file: string, name: string): DatabaseSync =>
  sqlite(name, () => {
    const database = new DatabaseSync(urlOf(file, name), {
      readOnly: true,
      allowExtension: false,
      defensive: true,
      enableForeignKeyConstraints: false,
      timeout: LOCK_TIMEOUT_MS,
      limits: { attach: 0, length: MAX_VALUE_BYTES },
    })
    try {
      database.exec(
        `PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA hard_heap_limit = ${MAX_HEAP_BYTES}`,
      )
      // A file that is none is found out by reading.
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })

/** From here on queries read, and do nothing else. */
export const onlyRead = (database: DatabaseSync): void =>
  database.setAuthorizer((action) => (ALLOWED.has(action) ? constants.SQLITE_OK : constants.SQLITE_DENY))

/** What SQLite throws, as a sentence. */
export const sqlite = <Result>(name: string, act: () => Result): Result => {
  try {
    return act()
  } catch (cause) {
    if (cause instanceof FleetError || !(cause instanceof Error) || !('errcode' in cause)) throw cause
    throw new FleetError(
      'import.invalid',
      `${name}: SQLite can't read it: ${cause.message}${hintOf(Number(cause.errcode))}`,
    )
  }
}

const BUSY = 5
const READ_ONLY = 8
const CORRUPT = 11
const hintOf = (code: number): string => {
  const [kind] = [code % 256]
  if (kind === BUSY) return ': another program is writing it; try again when it has ended'
  if (kind === READ_ONLY) return ': the program that wrote it has not ended its last change; open it once with sqlite3'
  return kind === CORRUPT ? ': recover it with "sqlite3 <file> .recover"' : ''
}

/** At 18 and 19 of a file's bytes: 2 of a database with a log of its own for writing. */
const HEADER_BYTES = 20
const WITH_LOG = 2

/** Of a database with a log, the log is a file beside it, which SQLite would make even for reading; without one nothing is written, and there is nothing to lock. */
const urlOf = (file: string, name: string): URL => {
  const url = pathToFileURL(file)
  const header = Buffer.alloc(HEADER_BYTES)
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, header)
  } finally {
    closeSync(descriptor)
  }
  if (header[18] !== WITH_LOG && header[19] !== WITH_LOG) return url
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new FleetError(
      'import.invalid',
      `${name}: its last changes lie in ${name}-wal: end the program that writes it, or copy it with sqlite3 ${name} "VACUUM INTO 'copy.db'"`,
    )
  url.searchParams.set('immutable', '1')
  return url
}
