import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { ImportSettings, Preview } from '@fleetlake/intake'
import { humanBytes } from '@fleetlake/viewer-core'
import type { ImportChoices, PageImport, SentFile } from '../../api/imports.ts'
import { type AdoptedImport, adoptImports } from './adopt-imports.ts'
import { checkNewName, fileFaultOf, removeEmptyFolders } from './file-names.ts'
import type { ImportOutcome } from './import-orders.ts'
import { type ImportRecord, writeImportRecord } from './import-record.ts'
import { importInProcess, previewInProcess, type RunningImport } from './run-import-process.ts'
import { storeUpload } from './store-upload.ts'

/** The imports of files that pages have sent to this viewer, and to those before it. */
export interface PageImports {
  /** The newest first. */
  list(): Promise<PageImport[]>
  /** @throws FleetError `import.invalid` when there are too many */
  create(): Promise<PageImport>
  /** Takes one more file. @throws FleetError `import.invalid` */
  upload(id: string, name: string, body: ReadableStream<Uint8Array> | null): Promise<SentFile>
  /** Takes a file out. @throws FleetError `import.invalid` */
  removeFile(id: string, name: string): Promise<void>
  /** @throws FleetError `import.invalid`, `usage.invalid` */
  preview(id: string, settings: ImportSettings, signal: AbortSignal): Promise<Preview>
  /** @throws FleetError `import.invalid` */
  start(id: string, settings: ImportSettings): Promise<PageImport>
  stop(id: string): Promise<PageImport>
  /** @throws FleetError `import.invalid` while it runs */
  remove(id: string): Promise<void>
  /** Path of the refused rows that are kept; undefined while there are none. */
  refusedFile(id: string): Promise<string | undefined>
  /** Ends what runs. What is stored stays, and so do the files: the next viewer goes on when it is told to. */
  close(): Promise<void>
}

/** There is no import of that id. */
export class NoSuchImport extends FleetError {}

interface Entry {
  readonly id: string
  readonly folder: string
  readonly createdMs: number
  readonly files: Map<string, { readonly bytes: number; readonly digest: string }>
  /** Names that are being sent. */
  readonly arriving: Set<string>
  readonly said: string[]
  previews: number
  /** As they were said last. */
  settings?: ImportSettings
  running?: RunningImport
  /** Its viewer ended while it ran. */
  isInterrupted: boolean
  job?: string
  outcome?: ImportOutcome
  refused: number
  kept: number
  bytes: number
  touchedMs: number
  /** The writing of its record, so that the newest is written last. */
  writing: Promise<void>
  /** Until it is written. */
  timer?: NodeJS.Timeout
}

const MOST_IMPORTS = 50
/** Running at once; a machine has few cores. */
const MOST_RUNNING = 2
const MOST_PREVIEWS = 2
const MOST_SAID = 100
const MOST_CHARACTERS = 4_000
/** What was not touched for so long is forgotten. */
const FORGET_MS = 24 * 3_600_000
/** Files that come one after the other are noted together. */
const KEEP_SOON_MS = 500

export interface PageImportsOptions {
  readonly config: Config
  readonly nowMs?: () => number
}

/** Invariants: files lie on the disk only while their import is known; never more than `viewer.importBytes` of them; an import that has started takes no more files. */
export const createPageImports = ({ config, nowMs = Date.now }: PageImportsOptions): PageImports => {
  const { importDir, importBytes } = config.viewer
  const root = resolve(importDir)
  const entries = new Map<string, Entry>()
  let bytes = 0
  let isClosing = false
  let adopting: Promise<string> | undefined

  /** Once those of viewers before are known. @returns the folder of this viewer's imports */
  const ready = (): Promise<string> =>
    (adopting ??= adopt().catch((error: unknown) => {
      adopting = undefined
      throw error
    }))
  const adopt = async (): Promise<string> => {
    const { own, adopted } = await adoptImports(root)
    for (const each of adopted) {
      const { id, folder } = each
      const entry = entryOfAdopted(each)
      if (nowMs() - entry.touchedMs > FORGET_MS) {
        await rm(folder, { recursive: true, force: true })
        continue
      }
      if (phaseOf(entry) === 'ended') await rm(filesOf(entry), { recursive: true, force: true })
      entries.set(id, entry)
      bytes += entry.bytes
    }
    return own
  }
  const tell = (entry: Entry): PageImport => describe(entry, Math.max(0, importBytes - bytes))
  const entryOf = async (id: string): Promise<Entry> => {
    await ready()
    const entry = entries.get(id)
    if (entry === undefined)
      throw new NoSuchImport('import.invalid', 'this import is not known any more: send the files again')
    entry.touchedMs = nowMs()
    return entry
  }
  const openOf = async (id: string): Promise<Entry> => {
    const entry = await entryOf(id)
    if (phaseOf(entry) !== 'open') throw new FleetError('import.invalid', 'this import has begun already')
    return entry
  }
  const give = (entry: Entry, given: number): void => {
    const less = Math.min(given, entry.bytes)
    entry.bytes -= less
    bytes -= less
  }
  const forget = async (entry: Entry): Promise<void> => {
    entries.delete(entry.id)
    clearTimeout(entry.timer)
    give(entry, entry.bytes)
    await entry.writing
    await rm(entry.folder, { recursive: true, force: true })
  }
  /** What the next viewer knows of it. What can't be written is told, and costs nothing but that. */
  const keep = (entry: Entry): Promise<void> => {
    clearTimeout(entry.timer)
    delete entry.timer
    entry.writing = entry.writing
      .then(() => (entries.get(entry.id) === entry ? writeImportRecord(entry.folder, recordOf(entry)) : undefined))
      .catch((error: unknown) => say(entry, `this import could not be noted for the next viewer: ${reasonOf(error)}`))
    return entry.writing
  }
  const keepSoon = (entry: Entry): void => {
    entry.timer ??= setTimeout(() => void keep(entry), KEEP_SOON_MS)
  }
  /** Room for another one: those that are long untouched go first. */
  const makeRoom = async (): Promise<void> => {
    for (const entry of entries.values())
      if (phaseOf(entry) !== 'running' && nowMs() - entry.touchedMs > FORGET_MS) await forget(entry)
    if (entries.size < MOST_IMPORTS) return
    const ended = [...entries.values()].find((entry) => phaseOf(entry) === 'ended')
    if (ended === undefined)
      throw new FleetError('import.invalid', `there are ${MOST_IMPORTS} imports that have not ended: discard one first`)
    await forget(ended)
  }
  const run = async (entry: Entry, settings: ImportSettings): Promise<void> => {
    const files = namesOf(entry)
    const running = importInProcess(
      {
        kind: 'import',
        folder: filesOf(entry),
        files,
        settings,
        config,
        identity: files.map((name) => ({ name, digest: entry.files.get(name)!.digest })),
        records: join(root, 'records'),
        refusedFile: refusedOf(entry),
      },
      {
        onJob: (job) => {
          entry.job = job
          void keep(entry)
        },
        onSaid: (said) => {
          say(entry, said)
          keepSoon(entry)
        },
        onRefused: ({ refused, kept }) => ([entry.refused, entry.kept] = [refused, kept]),
      },
    )
    entry.running = running
    entry.isInterrupted = false
    // Of the run before.
    entry.said.length = 0
    await keep(entry)
    const outcome = await running.ended
    entry.touchedMs = nowMs()
    // It was not stopped by a person: the next viewer can go on.
    if (isClosing && outcome.status === 'stopped') return keep(entry)
    await rm(filesOf(entry), { recursive: true, force: true }).catch((error: unknown) =>
      say(entry, `the files could not be deleted: ${reasonOf(error)}`),
    )
    give(entry, entry.bytes)
    entry.outcome = outcome
    await keep(entry)
  }
  return {
    list: async () => {
      await ready()
      return [...entries.values()].map(tell).toReversed()
    },
    create: async () => {
      const own = await ready()
      await makeRoom()
      const id = randomUUID()
      const entry = newEntry(id, join(own, id), nowMs())
      await mkdir(filesOf(entry), { recursive: true })
      entries.set(id, entry)
      await keep(entry)
      return tell(entry)
    },
    upload: async (id, name, body) => {
      const entry = await openOf(id)
      checkNewName(name, entry)
      entry.arriving.add(name)
      let taken = 0
      try {
        const path = join(filesOf(entry), name)
        await mkdir(dirname(path), { recursive: true })
        const stored = await storeUpload(body, {
          path,
          take: (more) => {
            if (bytes + more > importBytes) throw tooMuch(importBytes)
            if (entries.get(id) !== entry) throw new FleetError('import.invalid', 'the import was discarded')
            taken += more
            entry.bytes += more
            bytes += more
          },
        })
        entry.files.set(name, stored)
        keepSoon(entry)
        return { name, bytes: stored.bytes }
      } catch (error) {
        give(entry, taken)
        throw fileFaultOf(error, name)
      } finally {
        entry.arriving.delete(name)
      }
    },
    removeFile: async (id, name) => {
      const entry = await openOf(id)
      const file = entry.files.get(name)
      if (file === undefined) throw new FleetError('import.invalid', `there is no file ${name} in this import`)
      entry.files.delete(name)
      give(entry, file.bytes)
      await rm(join(filesOf(entry), name), { force: true })
      await removeEmptyFolders(filesOf(entry), name)
      await keep(entry)
    },
    preview: async (id, settings, signal) => {
      const entry = await openOf(id)
      checkWhole(entry)
      if (entry.previews >= MOST_PREVIEWS)
        throw new FleetError('import.invalid', 'the files are being looked at: ask again when that is done')
      entry.previews++
      entry.settings = settings
      keepSoon(entry)
      try {
        const files = namesOf(entry)
        return await previewInProcess({ kind: 'preview', folder: filesOf(entry), files, settings }, signal)
      } finally {
        entry.previews--
      }
    },
    start: async (id, settings) => {
      const entry = await entryOf(id)
      if (phaseOf(entry) !== 'interrupted') await openOf(id)
      checkWhole(entry)
      if ([...entries.values()].filter((each) => phaseOf(each) === 'running').length >= MOST_RUNNING)
        throw new FleetError(
          'import.invalid',
          `${MOST_RUNNING} imports are running: start this one when one of them ends`,
        )
      entry.settings = settings
      void run(entry, settings)
      return tell(entry)
    },
    stop: async (id) => {
      const entry = await entryOf(id)
      entry.running?.stop()
      return tell(entry)
    },
    remove: async (id) => {
      const entry = await entryOf(id)
      if (phaseOf(entry) === 'running') throw new FleetError('import.invalid', 'this import is running: stop it first')
      await forget(entry)
    },
    refusedFile: async (id) => {
      const entry = await entryOf(id)
      return phaseOf(entry) === 'open' ? undefined : refusedOf(entry)
    },
    close: async () => {
      isClosing = true
      await adopting?.catch(() => undefined)
      for (const { running } of entries.values()) running?.stop()
      await Promise.all(
        [...entries.values()].map(async (entry) => {
          await entry.running?.ended
          await keep(entry)
        }),
      )
      entries.clear()
    },
  }
}

const filesOf = ({ folder }: Pick<Entry, 'folder'>): string => join(folder, 'files')
/** By code units, whichever arrived first: the same files, sent again, are the same import. */
const namesOf = ({ files }: Entry): string[] => [...files.keys()].toSorted((a, b) => (a < b ? -1 : 1))
const refusedOf = ({ folder }: Pick<Entry, 'folder'>): string => join(folder, 'refused.ndjson')

const newEntry = (id: string, folder: string, createdMs: number): Entry => ({
  id,
  folder,
  createdMs,
  files: new Map(),
  arriving: new Set(),
  said: [],
  previews: 0,
  isInterrupted: false,
  refused: 0,
  kept: 0,
  bytes: 0,
  touchedMs: createdMs,
  writing: Promise.resolve(),
})

/** An import of some of its files would be another one. */
const INTERRUPTED: ImportOutcome = {
  status: 'stopped',
  text: 'the viewer ended while this import ran, and not all of its files are there any more\nthe same files, sent again, go on behind what is surely stored',
}

const entryOfAdopted = ({ id, folder, record, isWhole }: AdoptedImport): Entry => {
  const { phase, createdMs, touchedMs, files, settings, job, said, outcome, refused, kept } = record
  const told = phase === 'running' && !isWhole ? INTERRUPTED : outcome
  return {
    ...newEntry(id, folder, createdMs),
    touchedMs,
    files: new Map(files.map(({ name, ...file }) => [name, file])),
    said: [...said],
    isInterrupted: phase === 'running' && isWhole,
    refused,
    kept,
    bytes: told !== undefined ? 0 : files.reduce((sum, file) => sum + file.bytes, 0),
    ...(settings === undefined ? {} : { settings }),
    ...(job === undefined ? {} : { job }),
    ...(told === undefined ? {} : { outcome: told as ImportOutcome }),
  }
}

const recordOf = (entry: Entry): ImportRecord => {
  const { createdMs, touchedMs, files, settings, job, said, outcome, refused, kept } = entry
  const phase = phaseOf(entry)
  return {
    version: 1,
    phase: phase === 'interrupted' ? 'running' : phase,
    createdMs,
    touchedMs,
    files: Array.from(files, ([name, file]) => ({ name, ...file })),
    settings,
    job,
    said,
    outcome,
    refused,
    kept,
  }
}

const phaseOf = ({ running, outcome, isInterrupted }: Entry): PageImport['phase'] =>
  outcome !== undefined ? 'ended' : isInterrupted ? 'interrupted' : running !== undefined ? 'running' : 'open'

const say = ({ said }: Entry, sentence: string): void => {
  said.push(sentence.slice(0, MOST_CHARACTERS))
  if (said.length > MOST_SAID) said.shift()
}

const describe = (entry: Entry, room: number): PageImport => {
  const { id, files, settings, job, said, outcome, refused, kept } = entry
  return {
    id,
    files: namesOf(entry).map((name) => ({ name, bytes: files.get(name)!.bytes })),
    phase: phaseOf(entry),
    ...(phaseOf(entry) === 'open' ? { room } : {}),
    ...(settings === undefined ? {} : { choices: settings as ImportChoices }),
    ...(job === undefined ? {} : { job }),
    said,
    ...(outcome === undefined ? {} : { outcome }),
    refused,
    refusedKept: kept,
  }
}

const checkWhole = ({ files, arriving }: Entry): void => {
  if (arriving.size > 0) throw new FleetError('import.invalid', 'files are still being sent: wait until all are there')
  if (files.size === 0) throw new FleetError('import.invalid', 'there is no file in this import: send one first')
}

const tooMuch = (most: number): FleetError =>
  new FleetError(
    'import.invalid',
    `files that pages have sent may have ${humanBytes(most)} together (viewer.importBytes): discard an import, or use \`fleet import\` in a terminal`,
  )
