import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead, parquetReadObjects } from 'hyparquet'

/** The rows of a table as columns, in no particular order. */
export interface TableRows {
  readonly length: number
  readonly vehicleIds: readonly string[]
  readonly vehicleTypes: readonly string[]
  /** ms since the epoch. */
  readonly time: Float64Array
  /** Whole millionths of a degree. */
  readonly x: Int32Array
  readonly y: Int32Array
}

export interface LiveFile {
  readonly path: string
  readonly size: number
}

/** hyparquet knows the codecs of old by itself. */
const compressors = { ZSTD: (compressed: Uint8Array): Uint8Array => zstdDecompressSync(compressed) }

/**
 * The live files of a Delta table, by the protocol alone: the newest checkpoint, then the JSON after it, in order. Knows
 * nothing of the code that wrote it.
 * @param folder the table's, with `_delta_log` in it
 */
export const liveFiles = async (folder: string): Promise<{ version: number; commits: number; files: LiveFile[] }> => {
  const log = join(folder, '_delta_log')
  const names = (await readdir(log)).toSorted()
  const checkpoint = names.findLast((name) => name.endsWith('.checkpoint.parquet'))
  const live = new Map<string, LiveFile>()
  const apply = ({ add, remove }: { add?: LiveFile | null; remove?: { path: string } | null }): void => {
    if (add) live.set(add.path, { path: add.path, size: Number(add.size) })
    if (remove) live.delete(remove.path)
  }
  let version = -1
  if (checkpoint !== undefined) {
    version = Number.parseInt(checkpoint, 10)
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(log, checkpoint)), compressors })
    for (const row of rows as Parameters<typeof apply>[0][]) apply(row)
  }
  const commits = names.filter((name) => /^\d{20}\.json$/.test(name))
  for (const name of commits.filter((commit) => Number.parseInt(commit, 10) > version)) {
    const lines = (await readFile(join(log, name), 'utf8')).split('\n').filter((line) => line !== '')
    for (const line of lines) apply(JSON.parse(line))
    version = Number.parseInt(name, 10)
  }
  return { version, commits: commits.length, files: [...live.values()] }
}

const COLUMNS = ['vehicle_id', 'vehicle_type', 'event_time', 'longitude', 'latitude']

/** Of microseconds; milliseconds are what a Date would keep, at a hundred times the cost. */
const parsers = { timestampFromMicroseconds: (micros: bigint): number => Number(micros) / 1000 }

/**
 * Every row of a table, by the protocol and a Parquet reader alone.
 * @param options.date only the rows of this date
 */
export const readTable = async (folder: string, { date }: { readonly date?: string } = {}): Promise<TableRows> => {
  const live = await liveFiles(folder)
  const files = live.files.filter(({ path }) => date === undefined || path.startsWith(`date=${date}/`))
  const opened = await Promise.all(
    files.map(async ({ path }) => {
      const file = await asyncBufferFromFile(join(folder, decodeURIComponent(path)))
      const metadata = await parquetMetadataAsync(file)
      return { file, metadata, length: Number(metadata.num_rows) }
    }),
  )
  const length = opened.reduce((total, file) => total + file.length, 0)
  const columns = {
    vehicle_id: Array.from<string>({ length }),
    vehicle_type: Array.from<string>({ length }),
    event_time: new Float64Array(length),
    longitude: new Int32Array(length),
    latitude: new Int32Array(length),
  }
  const texts = new Map<string, string>()
  const once = (text: string): string => texts.get(text) ?? (texts.set(text, text), text)
  let start = 0
  for (const { file, metadata, length: rows } of opened) {
    await parquetRead({
      file,
      metadata,
      columns: COLUMNS,
      compressors,
      parsers,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const at = start + rowStart
        if (columnName === 'event_time') columns.event_time.set(columnData as number[], at)
        else if (columnName === 'longitude' || columnName === 'latitude') {
          const micro = columns[columnName]
          for (let i = 0; i < columnData.length; i++) micro[at + i] = Math.round((columnData[i] as number) * 1e6)
        } else {
          const texted = columns[columnName as 'vehicle_id' | 'vehicle_type']
          for (let i = 0; i < columnData.length; i++) texted[at + i] = once(columnData[i] as string)
        }
      },
    })
    start += rows
  }
  return {
    length,
    vehicleIds: columns.vehicle_id,
    vehicleTypes: columns.vehicle_type,
    time: columns.event_time,
    x: columns.longitude,
    y: columns.latitude,
  }
}

/** Every row of a table as an object of whatever columns its file has; for few rows. */
export const readTableObjects = async (folder: string): Promise<Record<string, unknown>[]> => {
  const { files } = await liveFiles(folder)
  const rows = await Promise.all(
    files.map(async ({ path }) => {
      const file = await asyncBufferFromFile(join(folder, decodeURIComponent(path)))
      return parquetReadObjects({ file, compressors })
    }),
  )
  return rows.flat()
}

/** How many rows differ in vehicle, time or position: the others are duplicates. */
export const countDistinct = ({ length, vehicleIds, time, x, y }: TableRows): number => {
  const byVehicle = Map.groupBy(
    Uint32Array.from({ length }, (_, i) => i),
    (i) => vehicleIds[i],
  )
  let distinct = 0
  for (const rows of byVehicle.values()) {
    const times = Float64Array.from(rows, (i) => time[i]).toSorted()
    const hasEqualTimes = times.some((value, i) => i > 0 && value === times[i - 1])
    distinct += hasEqualTimes ? new Set(rows.map((i) => `${time[i]} ${x[i]} ${y[i]}`)).size : rows.length
  }
  return distinct
}
