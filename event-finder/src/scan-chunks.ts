import type { Area, Period } from '@fleetlake/core'
import { reasonOf, toDegrees } from '@fleetlake/core'
import pl, { type DataFrame, type Expr, type LazyDataFrame } from 'nodejs-polars'
import type { ScannedRows } from './core/select.ts'

export interface ScanRequest {
  readonly chunks: readonly { readonly path: string; readonly bytes: number }[]
  readonly period: Period
  /** Bounds are pushed down into the files; undefined when all rows lie in the area. */
  readonly area: Area | undefined
  readonly vehicleTypes: readonly string[] | undefined
  readonly vehicleIds: readonly string[] | undefined
}

export interface ScanDeps {
  /** Of an object; undefined when it is missing. */
  size(path: string): Promise<number | undefined>
  /** Where the scan finds an object. */
  url(path: string): string
}

export interface Scanned {
  readonly rows: ScannedRows
  readonly filesRead: number
  readonly bytesRead: number
  /** Law: a chunk that could not be read is named, with the reason. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[]
}

const degrees = (micro: number): Expr => pl.lit(toDegrees(micro)).cast(pl.Decimal(9, 6)) as unknown as Expr
const instant = (ms: number): Expr =>
  pl
    .lit(ms * 1_000)
    .cast(pl.Int64)
    .cast(pl.Datetime('us', 'UTC')) as unknown as Expr

const isBetween = (column: string, low: number, high: number): Expr =>
  pl
    .col(column)
    .gtEq(degrees(Math.max(low, -180e6)))
    .and(pl.col(column).ltEq(degrees(Math.min(high, 180e6))))

/** What the files can decide themselves; the exact test of the area comes after it. */
const predicateOf = ({ period, area, vehicleTypes, vehicleIds }: ScanRequest): Expr => {
  const tests = [pl.col('event_time').gtEq(instant(period.from)), pl.col('event_time').lt(instant(period.to))]
  if (area !== undefined) {
    const { west, south, east, north } = area.bounds
    tests.push(isBetween('longitude', west, east), isBetween('latitude', south, north))
  }
  if (vehicleTypes !== undefined) tests.push(pl.col('vehicle_type').isIn([...vehicleTypes]))
  if (vehicleIds !== undefined) tests.push(pl.col('vehicle_id').isIn([...vehicleIds]))
  return tests.reduce((all, test) => all.and(test))
}

const COLUMNS = [
  pl.col('vehicle_id'),
  pl.col('vehicle_id').cast(pl.Categorical).toPhysical().alias('vehicle'),
  pl.col('vehicle_type'),
  pl.col('vehicle_type').cast(pl.Categorical).toPhysical().alias('type'),
  pl.col('event_time').cast(pl.Int64).cast(pl.Float64).alias('micros'),
  pl.col('longitude').cast(pl.Float64),
  pl.col('latitude').cast(pl.Float64),
  pl.col('speed').fillNull(Number.NaN),
  pl.col('heading').fillNull(Number.NaN),
]

const utf8 = new TextEncoder()

/** The text of each code that occurs, by looking at the first row of each. */
const textsOf = (frame: DataFrame, texts: string, codes: Uint32Array): Map<number, string> => {
  const firstRow = new Map<number, number>()
  let last = -1
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] === last) continue
    last = codes[i]
    if (!firstRow.has(last)) firstRow.set(last, i)
  }
  const found = frame
    .getColumn(texts)
    .gather([...firstRow.values()])
    .toArray() as string[]
  return new Map([...firstRow.keys()].map((code, i) => [code, found[i]]))
}

const rowsOf = (frame: DataFrame): ScannedRows => {
  const column = <Type>(name: string): Type => frame.getColumn(name).toTypedArray() as Type
  const vehicle = column<Uint32Array>('vehicle')
  const vehicleType = column<Uint32Array>('type')
  const micros = column<Float64Array>('micros')
  return {
    length: frame.height,
    vehicle,
    vehicleIds: new Map([...textsOf(frame, 'vehicle_id', vehicle)].map(([code, id]) => [code, utf8.encode(id)])),
    vehicleType,
    vehicleTypes: textsOf(frame, 'vehicle_type', vehicleType),
    eventTime: micros.map((value) => value / 1_000),
    longitude: column<Float64Array>('longitude'),
    latitude: column<Float64Array>('latitude'),
    speed: column<Float32Array>('speed'),
    heading: column<Float32Array>('heading'),
  }
}

const EMPTY: ScannedRows = {
  length: 0,
  vehicle: new Uint32Array(0),
  vehicleIds: new Map(),
  vehicleType: new Uint32Array(0),
  vehicleTypes: new Map(),
  eventTime: new Float64Array(0),
  longitude: new Float64Array(0),
  latitude: new Float64Array(0),
  speed: new Float32Array(0),
  heading: new Float32Array(0),
}

/** Whether the object is what the log says; a truncated one must not give fewer rows in silence. */
const faultOf = async (
  { path, bytes }: ScanRequest['chunks'][number],
  { size }: ScanDeps,
): Promise<string | undefined> => {
  try {
    const found = await size(path)
    if (found === undefined) return 'the file is missing'
    return found === bytes ? undefined : `the file has ${found} bytes, the log says ${bytes}`
  } catch (error) {
    return reasonOf(error)
  }
}

/**
 * Reads chunks with the request's predicate pushed down into the files. Rows come in the order of the chunks, then of the file,
 * so that repeating a scan repeats its rows.
 */
export const scanChunks = async (request: ScanRequest, deps: ScanDeps): Promise<Scanned> => {
  const predicate = predicateOf(request)
  const faults = await Promise.all(request.chunks.map((chunk) => faultOf(chunk, deps)))
  const failed = request.chunks.flatMap(({ path }, i) => (faults[i] === undefined ? [] : [{ path, reason: faults[i] }]))
  let good = request.chunks.filter((_, i) => faults[i] === undefined)
  const collect = (chunks: ScanRequest['chunks']): Promise<DataFrame> => {
    const scans = chunks.map(({ path }) => pl.scanParquet(deps.url(path)))
    const all: LazyDataFrame = scans.length === 1 ? scans[0] : (pl.concat(scans) as unknown as LazyDataFrame)
    return all
      .filter(predicate)
      .select(...COLUMNS)
      .collect()
  }
  let frame: DataFrame | undefined
  try {
    if (good.length > 0) frame = await collect(good)
  } catch {
    // One of them can't be read: find out which, and keep the others.
    const readable = []
    for (const chunk of good) {
      try {
        await collect([chunk])
        readable.push(chunk)
      } catch (error) {
        failed.push({ path: chunk.path, reason: `the file can't be read: ${reasonOf(error).split('\n')[0]}` })
      }
    }
    good = readable
    frame = good.length > 0 ? await collect(good) : undefined
  }
  return {
    rows: frame === undefined || frame.height === 0 ? EMPTY : rowsOf(frame),
    filesRead: good.length,
    bytesRead: good.reduce((total, { bytes }) => total + bytes, 0),
    failed,
  }
}
