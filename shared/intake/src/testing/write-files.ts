import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { temporaryFolder } from '@fleetlake/testing'

/** For tests: what DuckDB writes of a query, with the options of its COPY. */
export const duckdbFile = async (query: string, options: string): Promise<Uint8Array> => {
  const path = join(await temporaryFolder(), 'file')
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  await connection.run(`COPY (${query}) TO '${path}' (${options})`)
  connection.closeSync()
  return new Uint8Array(await readFile(path))
}
