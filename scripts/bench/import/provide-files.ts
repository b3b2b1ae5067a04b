import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pl from 'nodejs-polars'
import { createFleet, type Report } from './fleet-reports.ts'
import type { ImportOptions, Kind } from './options.ts'

const HEADER = 'vehicle_id,vehicle_type,event_time,longitude,latitude,speed,heading\n'
const FLUSH_CHARACTERS = 1 << 20

const csvLine = (report: Report): string =>
  `${report.vehicleId},${report.vehicleType},${report.eventTime},${report.longitude},${report.latitude},${report.speed},${report.heading}\n`

const jsonLine = (report: Report): string =>
  `{"vehicle_id":"${report.vehicleId}","vehicle_type":"${report.vehicleType}","event_time":"${report.eventTime}","longitude":${report.longitude},"latitude":${report.latitude},"speed":${report.speed},"heading":${report.heading}}\n`

export interface Table extends Pick<ImportOptions, 'vehicles' | 'seed'> {
  readonly rows: number
}

/** In order of time, as a fleet's server receives them. */
const writeLines = async (
  path: string,
  { rows, vehicles, seed }: Table,
  { header, lineOf }: { readonly header: string; readonly lineOf: (report: Report) => string },
): Promise<void> => {
  const fleet = createFleet(vehicles, seed)
  const out = createWriteStream(path)
  let text = header
  for (let row = 0; row < rows; row++) {
    text += lineOf(fleet.next(row % vehicles))
    if (text.length < FLUSH_CHARACTERS) continue
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  out.end(text)
  await once(out, 'close')
}

/** A file a vehicle, with a header each. */
const writeSmallFiles = async (folder: string, { rows, vehicles, seed }: Table): Promise<void> => {
  await mkdir(folder)
  const fleet = createFleet(vehicles, seed)
  for (let vehicle = 0; vehicle < Math.min(rows, vehicles); vehicle++) {
    let text = HEADER
    for (let row = vehicle; row < rows; row += vehicles) text += csvLine(fleet.next(vehicle))
    await writeFile(join(folder, `${String(vehicle).padStart(6, '0')}.csv`), text)
  }
}

/** With DuckDB's usual settings. */
const writeParquet = async (path: string, csv: string): Promise<void> => {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  await connection.run(
    `COPY (SELECT * FROM read_csv('${csv}', types = {event_time: 'TIMESTAMPTZ', heading: 'DOUBLE'})) TO '${path}' (FORMAT parquet)`,
  )
  connection.closeSync()
  instance.closeSync()
}

/** As polars writes IPC files. */
const writeArrow = async (path: string, parquet: string): Promise<void> => {
  pl.readParquet(parquet).writeIPC(path)
}

/** What to read of a table. */
export type TableFiles = Readonly<Record<Kind, string>>

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The files of a table; those that are there already are taken. */
export const provideFiles = async (
  folder: string,
  table: Table,
  { kinds, say }: { readonly kinds: readonly Kind[]; readonly say: (line: string) => void },
): Promise<TableFiles> => {
  const name = (end: string): string => join(folder, `${table.rows}-${table.vehicles}-${table.seed}${end}`)
  const files: TableFiles = {
    csv: name('.csv'),
    ndjson: name('.ndjson'),
    parquet: name('.parquet'),
    arrow: name('.arrow'),
    files: name('-files'),
  }
  const writers: Readonly<Record<Kind, (path: string) => Promise<void>>> = {
    csv: (path) => writeLines(path, table, { header: HEADER, lineOf: csvLine }),
    ndjson: (path) => writeLines(path, table, { header: '', lineOf: jsonLine }),
    parquet: async (path) => writeParquet(path, await provide('csv')),
    arrow: async (path) => writeArrow(path, await provide('parquet')),
    files: (path) => writeSmallFiles(path, table),
  }
  const provide = async (kind: Kind): Promise<string> => {
    const path = files[kind]
    if (await isThere(path)) return path
    say(`writing ${path}`)
    await rm(`${path}.new`, { recursive: true, force: true })
    await writers[kind](`${path}.new`)
    await rename(`${path}.new`, path)
    return path
  }
  for (const kind of kinds) await provide(kind)
  return files
}

/** Of a file, or of the files in a folder. */
export const bytesOf = async (path: string): Promise<number> => {
  const found = await stat(path)
  if (!found.isDirectory()) return found.size
  let bytes = 0
  for (const name of await readdir(path)) bytes += (await stat(join(path, name))).size
  return bytes
}
