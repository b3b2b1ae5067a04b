import { FleetError } from '@fleetlake/core'

/** Names within the table: chunks and the log. All of them are made and parsed here. */

/** The parts of a data file's name. */
export interface ChunkName {
  /** UTC date of the rows, `YYYY-MM-DD`. */
  readonly date: string
  /** Geohash. */
  readonly cell: string
  /** Start of the window, ms; whole seconds are kept. */
  readonly windowStart: number
  /** Random; lower-case letters and digits. */
  readonly id: string
  /** With its dot. */
  readonly extension: string
}

const SECONDS_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length

/** `20261121T101000Z` */
const compact = (timeMs: number): string =>
  `${new Date(timeMs).toISOString().slice(0, SECONDS_LENGTH).replaceAll(/[-:]/g, '')}Z`

/** `date=<date>/cell=<geohash>/<window start>-<id><extension>` */
export const chunkPath = ({ date, cell, windowStart, id, extension }: ChunkName): string =>
  `date=${date}/cell=${cell}/${compact(windowStart)}-${id}${extension}`

const CHUNK_PATH =
  /^date=(?<date>\d{4}-\d\d-\d\d)\/cell=(?<cell>[0-9b-hjkmnp-z]+)\/(?<day>\d{8})T(?<time>\d{6})Z-(?<id>[0-9a-z]+)(?<extension>(?:\.[a-z0-9]+)+)$/

/** The inverse of `chunkPath`; undefined for the path of another writer. */
export const parseChunkPath = (path: string): ChunkName | undefined => {
  const groups = CHUNK_PATH.exec(path)?.groups
  if (groups === undefined) return undefined
  const { date, cell, day, time, id, extension } = groups
  const windowStart = Date.UTC(
    Number(day.slice(0, 4)),
    Number(day.slice(4, 6)) - 1,
    Number(day.slice(6)),
    Number(time.slice(0, 2)),
    Number(time.slice(2, 4)),
    Number(time.slice(4)),
  )
  return { date, cell, windowStart, id, extension }
}

/** A path as the log writes it: each segment URI-encoded. */
export const encodePath = (path: string): string =>
  path
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('%3D', '='))
    .join('/')

/**
 * The inverse of `encodePath`.
 * @throws FleetError `table.invalid` for what is not a URI, `table.unsupported` for a file outside the table
 */
export const decodePath = (encoded: string): string => {
  if (encoded.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(encoded)) {
    throw new FleetError('table.unsupported', `the log names a file outside the table, "${encoded}"`)
  }
  if (!encoded.includes('%')) return encoded
  try {
    return decodeURIComponent(encoded)
  } catch (error) {
    throw new FleetError('table.invalid', `the log's path "${encoded}" is not URI-encoded`, { cause: error })
  }
}

export const LOG_FOLDER = '_delta_log/'
export const LAST_CHECKPOINT = `${LOG_FOLDER}_last_checkpoint`

/** Where checkpoints of format 2 have their parts. */
export const SIDECARS_FOLDER = `${LOG_FOLDER}_sidecars/`

/** Where a copy of each commit is kept, beside the log and out of other readers' sight: what a repair takes a lost commit from. */
export const COPIES_FOLDER = '_fleetlake/log/'
/** Where a repair keeps what it replaced. */
export const REPLACED_FOLDER = '_fleetlake/replaced/'

const digits = (value: number, length: number): string => String(value).padStart(length, '0')

/** What the names of all files of a version begin with; it sorts right before them. */
export const versionPrefix = (folder: string, version: number): string => `${folder}${digits(version, 20)}`

export const copyPath = (version: number): string => `${versionPrefix(COPIES_FOLDER, version)}.json`

/** The version that a copy is of; undefined for anything else. */
export const parseCopyPath = (path: string): number | undefined => {
  const version = Number(/^_fleetlake\/log\/(?<version>\d{20})\.json$/.exec(path)?.groups?.['version'] ?? Number.NaN)
  return Number.isSafeInteger(version) ? version : undefined
}

export const commitPath = (version: number): string => `${LOG_FOLDER}${digits(version, 20)}.json`

/** A checkpoint's files: one, or as many as its writer (not ours) parted it into. */
export const checkpointPaths = (version: number, parts?: number): string[] => {
  const stem = `${LOG_FOLDER}${digits(version, 20)}.checkpoint`
  if (parts === undefined) return [`${stem}.parquet`]
  return Array.from({ length: parts }, (_, i) => `${stem}.${digits(i + 1, 10)}.${digits(parts, 10)}.parquet`)
}

export type LogFile =
  | { readonly kind: 'commit'; readonly version: number }
  | { readonly kind: 'checkpoint'; readonly version: number; readonly parts?: number }
  /** A checkpoint of the format that tables of reader version 3 may have, under a name of its own. */
  | { readonly kind: 'v2-checkpoint'; readonly version: number; readonly path: string }

const V2_CHECKPOINT = /^_delta_log\/(?<version>\d{20})\.checkpoint\.[0-9a-f-]{36}\.(?:json|parquet)$/

const LOG_FILE =
  /^_delta_log\/(?<version>\d{20})\.(?:(?<commit>json)|checkpoint(?:\.\d{10}\.(?<parts>\d{10}))?\.parquet)$/

/** What a file of the log is; undefined for anything that we don't read, and for versions that no log can have come to. */
export const parseLogPath = (path: string): LogFile | undefined => {
  const v2 = V2_CHECKPOINT.exec(path)?.groups
  const groups = LOG_FILE.exec(path)?.groups
  const version = Number(v2?.['version'] ?? groups?.['version'] ?? Number.NaN)
  if (!Number.isSafeInteger(version)) return undefined
  if (v2 !== undefined) return { kind: 'v2-checkpoint', version, path }
  if (groups === undefined) return undefined
  if (groups['commit'] !== undefined) return { kind: 'commit', version }
  return { kind: 'checkpoint', version, ...(groups['parts'] === undefined ? {} : { parts: Number(groups['parts']) }) }
}
