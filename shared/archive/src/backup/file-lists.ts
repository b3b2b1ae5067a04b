import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { FleetError } from '@fleetlake/core'
import { z } from 'zod'
import type { ObjectStore } from '../store/object-store.ts'
import { backupFolder, listPath } from './backup-paths.ts'
import type { KeptObject, KeptTable } from './manifest.ts'

/** A data file of a backup: its path within the table, its size, its checksum. */
export type KeptFile = KeptObject

export const keptFile = z.object({
  path: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().length(64),
})

const FILES_OF_A_LIST = 50_000

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const relative = (id: string, path: string): string => path.slice(backupFolder(id).length)

/** Writes an object of a backup and says how it is known again. */
export const keepObject = async (
  target: ObjectStore,
  id: string,
  path: string,
  bytes: Uint8Array,
): Promise<KeptObject> => {
  await target.put(path, bytes)
  return { path: relative(id, path), bytes: bytes.length, sha256: sha256Of(bytes) }
}

/** What is there already, as it is known again. */
export const describeObject = async (target: ObjectStore, id: string, path: string): Promise<KeptObject> => {
  const bytes = await target.get(path)
  if (bytes === undefined)
    throw new FleetError('backup.invalid', `${target.url(path)} is missing: make the backup again`)
  return { path: relative(id, path), bytes: bytes.length, sha256: sha256Of(bytes) }
}

export const writeLists = async (
  target: ObjectStore,
  { id, table }: { readonly id: string; readonly table: string },
  files: readonly KeptFile[],
): Promise<KeptObject[]> => {
  const lists: KeptObject[] = []
  for (let i = 0; i < files.length; i += FILES_OF_A_LIST) {
    const text = files
      .slice(i, i + FILES_OF_A_LIST)
      .map((file) => `${JSON.stringify(file)}\n`)
      .join('')
    lists.push(await keepObject(target, id, listPath(id, table, lists.length), gzipSync(text)))
  }
  return lists
}

/**
 * An object of a backup, as it was written.
 * @throws FleetError `backup.invalid`
 */
export const readObject = async (
  target: ObjectStore,
  id: string,
  { path, bytes, sha256 }: KeptObject,
): Promise<Uint8Array> => {
  const at = `${backupFolder(id)}${path}`
  return checkBytes(await target.get(at), { bytes, sha256 }, target.url(at))
}

/** What to do about a data file: backups share it, and the next one copies only what is not there. */
const COPY_AGAIN = 'then make a backup, which copies it again if the archive still has it; else use another backup'

/**
 * A data file of a backup, as the archive had it.
 * @throws FleetError `backup.invalid`
 */
export const readDataFile = async (target: ObjectStore, path: string, file: KeptFile): Promise<Uint8Array> =>
  checkBytes(await target.get(path), file, target.url(path), `delete it if it is there, ${COPY_AGAIN}`)

/** @throws FleetError `backup.invalid` with what is wrong and what to do */
export const checkBytes = (
  found: Uint8Array | undefined,
  { bytes, sha256 }: Pick<KeptObject, 'bytes' | 'sha256'>,
  where: string,
  todo = 'use another backup, or make a new one',
): Uint8Array => {
  const wrong = (what: string): FleetError =>
    new FleetError('backup.invalid', `${where}, a file of the backup, ${what}: ${todo}`)
  if (found === undefined) throw wrong('is missing')
  if (found.length !== bytes) throw wrong(`has ${found.length} bytes instead of ${bytes}`)
  if (sha256Of(found) !== sha256) throw wrong('is damaged: it is not as it was written')
  return found
}

/** The data files of a table in a backup. @throws FleetError `backup.invalid` */
export async function* readLists(target: ObjectStore, id: string, { lists }: KeptTable): AsyncGenerator<KeptFile> {
  for (const list of lists) {
    const text = gunzipSync(await readObject(target, id, list)).toString()
    for (const line of text.split('\n')) if (line !== '') yield keptFile.parse(JSON.parse(line))
  }
}
