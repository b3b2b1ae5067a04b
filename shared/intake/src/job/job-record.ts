import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { FieldPlan } from '../fields/plan.ts'
import type { Tally } from '../rows/tally.ts'
import type { VehiclesState } from '../rows/vehicles-state.ts'
import type { KeptExtent } from './kept-refusals.ts'
import { openKeptVehicles } from './kept-vehicles.ts'
import type { KnownReadings } from './readings.ts'

const count = z.number().int().min(0)
const counts = z.record(z.string(), count)
/** JSON has no Infinity: the bounds of no row are null. */
const bound = z.number().nullable()

/** What this program has written itself. */
const isPlan = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'fields' in value && 'time' in value && 'longitude' in value

const record = z.object({
  version: z.literal(1),
  job: z.string(),
  status: z.enum(['running', 'complete']),
  updatedAt: z.string(),
  /** Files that are done, and where reading goes on in the next one. */
  files: count,
  cursor: z.object({ at: count, place: count, context: z.string().optional() }).optional(),
  tally: z.object({
    rows: count,
    refused: count,
    reasons: counts,
    doubts: counts,
    vehicles: count,
    measures: counts,
    from: bound,
    to: bound,
    west: bound,
    south: bound,
    east: bound,
    north: bound,
  }),
  /** Files that could not be read to their end. */
  failedFiles: count,
  /** How inputs are read, by their form. */
  plans: z.array(z.tuple([z.string(), z.custom<FieldPlan>(isPlan)])),
  ambiguousTimes: count,
  /** Of the refused rows that lie beside the record. Records of before have none of it. */
  refusals: z.object({ rows: count, bytes: count }).default({ rows: 0, bytes: 0 }),
  /** Of where the vehicles were, which lies beside the record too, unless it is too large. */
  vehicles: z.object({ slot: z.literal([0, 1]), crc: count }).optional(),
})

/** How far an import has come: all before it is stored in the hub. */
export interface JobProgress {
  readonly status: 'running' | 'complete'
  readonly files: number
  readonly cursor?: { readonly at: number; readonly place: number; readonly context?: string | undefined } | undefined
  readonly tally: Tally
  readonly failedFiles: number
  readonly readings: KnownReadings
  readonly refusals: KeptExtent
}

export interface SavedJob extends JobProgress {
  readonly updatedAt: string
  /** Undefined where it was not kept, or is damaged. */
  readonly vehicles: VehiclesState | undefined
}

/** The record of an import: a small file which makes the import resumable, whatever ends it. */
export interface JobRecord {
  /** What was saved last, and when; undefined where nothing was, or what was saved can't be read. */
  load(): Promise<SavedJob | undefined>
  /** Replaces the record as a whole. */
  save(progress: JobProgress, vehicles?: VehiclesState): Promise<void>
}

/** For imports that can't be resumed: what comes from a pipe can be read once. */
export const noRecord: JobRecord = { load: async () => undefined, save: async () => undefined }

const KEPT_MS = 90 * 86_400_000

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** @param folder is made when it is missing; records of imports that were long ago are deleted there */
export const openJobRecord = (folder: string, job: string, nowMs: () => number = Date.now): JobRecord => {
  const path = join(folder, `${job}.json`)
  let vehiclesKept = openKeptVehicles(join(folder, `${job}.vehicles`))
  return {
    load: async () => {
      const text = await readFile(path, 'utf8').catch(() => undefined)
      if (text === undefined) return undefined
      const { success, data } = record.safeParse(parseJson(text))
      if (!success || data.job !== job) return undefined
      const { west, south, east, north, from, to, ...rest } = data.tally
      const tally: Tally = {
        ...rest,
        from: from ?? Infinity,
        to: to ?? -Infinity,
        west: west ?? Infinity,
        south: south ?? Infinity,
        east: east ?? -Infinity,
        north: north ?? -Infinity,
      }
      const { plans, ambiguousTimes } = data
      vehiclesKept = openKeptVehicles(join(folder, `${job}.vehicles`), data.vehicles)
      const vehicles = data.vehicles === undefined ? undefined : await vehiclesKept.load(data.vehicles)
      return { ...data, tally, readings: { plans, ambiguousTimes }, vehicles }
    },
    save: async ({ status, files, cursor, tally, failedFiles, readings, refusals }, vehicles) => {
      await mkdir(folder, { recursive: true })
      const mark = vehicles === undefined ? undefined : await vehiclesKept.save(vehicles)
      const { west, south, east, north, from, to } = tally
      const bounds = {
        from: orNull(from),
        to: orNull(to),
        west: orNull(west),
        south: orNull(south),
        east: orNull(east),
        north: orNull(north),
      }
      const saved: z.input<typeof record> = {
        version: 1,
        job,
        status,
        updatedAt: new Date(nowMs()).toISOString(),
        files,
        ...(cursor === undefined ? {} : { cursor: { ...cursor } as z.input<typeof record>['cursor'] }),
        tally: { ...tally, ...bounds },
        failedFiles,
        plans: readings.plans.map(([form, plan]) => [form, plan]),
        ambiguousTimes: readings.ambiguousTimes,
        refusals,
        ...(mark === undefined ? {} : { vehicles: mark }),
      }
      const next = `${path}.${process.pid}.next`
      await writeFile(next, JSON.stringify(saved))
      await rename(next, path)
      if (mark === undefined) await vehiclesKept.remove()
    },
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Deletes records that were not touched for long. */
export const forgetOldRecords = async (folder: string, nowMs: number): Promise<void> => {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && nowMs - found.mtimeMs > KEPT_MS) await rm(path, { force: true })
  }
}
