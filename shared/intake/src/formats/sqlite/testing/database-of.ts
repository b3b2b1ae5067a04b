import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** The bytes of a database after these statements. */
export const databaseOf = (sql: string): Uint8Array => {
  const folder = mkdtempSync(join(tmpdir(), 'fleetlake-'))
  try {
    const database = new DatabaseSync(join(folder, 'a.db'))
    database.exec(`PRAGMA page_size = 512; ${sql}`)
    database.close()
    return new Uint8Array(readFileSync(join(folder, 'a.db')))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
