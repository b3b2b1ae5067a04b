/** Has DuckDB read all columns of a file: `node read-by-duckdb.ts <kind> <path>`. Prints the number of rows. */
import { DuckDBInstance } from '@duckdb/node-api'

const [kind, path] = process.argv.slice(2)
const SOURCES: Readonly<Record<string, string>> = {
  csv: `read_csv('${path}')`,
  ndjson: `read_json('${path}')`,
  parquet: `read_parquet('${path}')`,
}
const COLUMNS = ['vehicle_id', 'vehicle_type', 'event_time', 'longitude', 'latitude', 'speed', 'heading']

const connection = await (await DuckDBInstance.create()).connect()
const bounds = COLUMNS.map((name) => `min(${name}), max(${name})`)
const result = await connection.runAndReadAll(`SELECT count(*), ${bounds.join(', ')} FROM ${SOURCES[kind]}`)
console.log(Number(result.getRows()[0][0]))
process.exit(0)
