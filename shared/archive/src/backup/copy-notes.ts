import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import type { ObjectStore } from '../store/object-store.ts'
import { notePath, notesFolder, type TableOf, TABLES } from './backup-paths.ts'
import { keptFile, type KeptFile } from './file-lists.ts'

/** So often at least it is noted how far a backup is: what is noted says that it is being made. */
export const NOTE_EVERY_MS = 10 * 60_000
const FILES_OF_A_NOTE = 10_000

const noted = z.object({ table: z.object({ name: z.enum(TABLES), id: z.string() }), file: keptFile })

/** A data file that is in the place of backups, with the checksum of what was read from the archive. */
export interface Noted {
  readonly table: TableOf
  readonly file: KeptFile
}

/** What a backup that is being made has copied: by it the next one goes on, if this one is interrupted. */
export interface CopyNotes {
  /** Told of each file that is dealt with. @param copied undefined for one that was known */
  pass(copied: Noted | undefined): Promise<void>
  /** Writes what is not written yet. */
  write(): Promise<void>
  /** Nobody needs them once there is a manifest. */
  remove(): Promise<void>
}

export const openNotes = (target: ObjectStore, id: string, now: () => number): CopyNotes => {
  let waiting: Noted[] = []
  let written = 0
  let lastMs = now()
  const put = async (): Promise<void> => {
    const text = waiting.map((each) => `${JSON.stringify(each)}\n`).join('')
    waiting = []
    lastMs = now()
    await target.put(notePath(id, written++), gzipSync(text))
  }
  return {
    pass: async (copied) => {
      if (copied !== undefined) waiting.push(copied)
      if (waiting.length >= FILES_OF_A_NOTE || now() - lastMs >= NOTE_EVERY_MS) await put()
    },
    write: async () => {
      if (waiting.length > 0) await put()
    },
    remove: async () => {
      for (let number = 0; number < written; number++) await target.delete(notePath(id, number))
    },
  }
}

/** What a backup has noted. One that can't be read tells nothing: its files are read again. */
export async function* readNotes(target: ObjectStore, id: string): AsyncGenerator<Noted> {
  for await (const { path } of target.list(notesFolder(id))) {
    const bytes = await target.get(path)
    if (bytes !== undefined) yield* parseNote(bytes)
  }
}

const parseNote = (bytes: Uint8Array): Noted[] => {
  try {
    const lines = gunzipSync(bytes).toString().split('\n')
    return lines.filter((line) => line !== '').map((line) => noted.parse(JSON.parse(line)))
  } catch {
    return []
  }
}
