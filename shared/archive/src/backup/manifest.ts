import { checkFormat, FORMATS } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { z } from 'zod'
import type { ObjectStore } from '../store/object-store.ts'
import { BACKUPS_FOLDER, backupOf, manifestPath, TABLES } from './backup-paths.ts'

const count = z.number().int().nonnegative()

/** An object of the backup, below its folder. */
const keptObject = z.object({ path: z.string(), bytes: count, sha256: z.string().length(64) })

const keptTable = z.object({
  /** The table's, for good. */
  id: z.string(),
  version: count,
  files: count,
  bytes: count,
  /** Of the files whose rows are known. */
  rows: count,
  /** How far it holds each stream, by the name under which the table counts it. */
  offsets: z.record(z.string(), count),
  log: z.array(keptObject),
  lists: z.array(keptObject),
})

const keptStream = z.object({
  name: z.string(),
  created: z.string(),
  first: count,
  last: count,
  messages: count,
  bytes: count,
})

const keptHub = z.object({
  server: z.string(),
  streams: z.array(keptStream),
})

const manifest = z.object({
  format: count,
  id: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  /** Fleetlake's. */
  software: z.string(),
  /** Where the archive was. */
  archive: z.string(),
  formats: z.record(z.string(), count),
  tables: z.object(Object.fromEntries(TABLES.map((name) => [name, keptTable.optional()]))),
  /** How the hub's streams stood; null when it was not reached. What only they hold is not in the backup. */
  hub: keptHub.nullable(),
})

export type KeptObject = Readonly<z.output<typeof keptObject>>
export type KeptTable = Readonly<z.output<typeof keptTable>>
export type KeptHub = Readonly<z.output<typeof keptHub>>
export type Manifest = Readonly<Omit<z.output<typeof manifest>, 'tables'>> & {
  readonly tables: { readonly [Name in (typeof TABLES)[number]]?: KeptTable | undefined }
}

export const formatManifest = (held: Manifest): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(held, undefined, 2)}\n`)

const GIVE_UP = 'Use another backup, or make a new one; then delete the folder of this one'

/** @throws FleetError `backup.invalid`; `format.newer` for one that a newer release wrote */
export const parseManifest = (bytes: Uint8Array, where: string): Manifest => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new FleetError('backup.invalid', `${where} is damaged: it is not JSON. ${GIVE_UP}`, { cause })
  }
  const { format } = z.object({ format: z.unknown() }).safeParse(value).data ?? {}
  checkFormat(`the backup ${where}`, String(format), FORMATS.backup)
  const parsed = manifest.safeParse(value)
  if (parsed.success) return parsed.data
  throw new FleetError('backup.invalid', `${where} is damaged: ${z.prettifyError(parsed.error)}. ${GIVE_UP}`)
}

/** What is in the place of backups, by their ids, the oldest first. */
export interface Backups {
  readonly finished: readonly string[]
  /** Without a manifest: interrupted, or still being made. */
  readonly unfinished: readonly { readonly id: string; readonly newestMs: number }[]
}

export const listBackups = async (target: ObjectStore): Promise<Backups> => {
  const newest = new Map<string, number>()
  const finished = new Set<string>()
  for await (const { path, modifiedMs } of target.list(BACKUPS_FOLDER)) {
    const id = backupOf(path)
    if (id === undefined) continue
    newest.set(id, Math.max(newest.get(id) ?? 0, modifiedMs))
    if (path === manifestPath(id)) finished.add(id)
  }
  return {
    finished: [...finished].toSorted(),
    unfinished: [...newest].flatMap(([id, newestMs]) => (finished.has(id) ? [] : [{ id, newestMs }])),
  }
}

/** @throws FleetError `backup.invalid`, `format.newer` */
export const readManifest = async (target: ObjectStore, id: string): Promise<Manifest> => {
  const path = manifestPath(id)
  const bytes = await target.get(path)
  if (bytes !== undefined) return parseManifest(bytes, target.url(path))
  throw new FleetError(
    'backup.invalid',
    `the backup ${id} is unfinished: ${target.url(path)} is missing. Use another one (\`fleet backup list\`)`,
  )
}
