import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { ImportSettings, Preview } from '@fleetlake/intake'
import { isAlive } from '@fleetlake/service'
import { humanBytes } from '@fleetlake/viewer-core'
import type { ImportChoices, PageImport } from '../../api/imports.ts'
import type { ImportOutcome } from './import-orders.ts'
import { importInProcess, previewInProcess, type RunningImport } from './run-import-process.ts'
import { storeUpload } from './store-upload.ts'

/** The imports of files that pages have sent to this viewer. */
export interface PageImports {
  /** The newest first. */
  list(): PageImport[]
  /** @throws FleetError `import.invalid` when there are too many */
  create(): Promise<PageImport>
  /** Takes one more file. @throws FleetError `import.invalid` */
  upload(id: string, name: string, body: ReadableStream<Uint8Array> | null): Promise<PageImport>
  /** @throws FleetError `import.invalid`, `usage.invalid` */
  preview(id: string, settings: ImportSettings, signal: AbortSignal): Promise<Preview>
  /** @throws FleetError `import.invalid` */
  start(id: string, settings: ImportSettings): Promise<PageImport>
  stop(id: string): PageImport
  /** @throws FleetError `import.invalid` while it runs */
  remove(id: string): Promise<void>
  /** Path of the refused rows that are kept; undefined while there are none. */
  refusedFile(id: string): string | undefined
  /** Stops what runs, and deletes all files. What is stored stays, and the same files, sent again, go on behind it. */
  close(): Promise<void>
}

/** There is no import of that id. */
export class NoSuchImport extends FleetError {}

interface Entry {
  readonly id: string
  readonly folder: string
  readonly files: Map<string, { readonly bytes: number; readonly digest: string }>
  /** Names that are being sent. */
  readonly arriving: Set<string>
  readonly said: string[]
  previews: number
  /** As they were said last. */
  settings?: ImportSettings
  running?: RunningImport
  job?: string
  outcome?: ImportOutcome
  refused: number
  kept: number
  bytes: number
  touchedMs: number
}

const MOST_IMPORTS = 50
const MOST_FILES = 10_000
/** Running at once; a machine has few cores. */
const MOST_RUNNING = 2
const MOST_PREVIEWS = 2
const MOST_SAID = 100
const MOST_CHARACTERS = 4_000
/** What was not touched for so long is forgotten. */
const FORGET_MS = 24 * 3_600_000
const NAME = /^(?!\.)[^/\\\0]{1,255}$/

export interface PageImportsOptions {
  readonly config: Config
  readonly nowMs?: () => number
}

/** Invariants: files lie on the disk only while their import is known; never more than `viewer.importBytes` of them; an import that has started takes no more files. */
export const createPageImports = ({ config, nowMs = Date.now }: PageImportsOptions): PageImports => {
  const { importDir, importBytes } = config.viewer
  const root = resolve(importDir)
  const own = join(root, `${PREFIX}${process.pid}`)
  const entries = new Map<string, Entry>()
  let bytes = 0
  let isCleaned = false

  const entryOf = (id: string): Entry => {
    const entry = entries.get(id)
    if (entry === undefined)
      throw new NoSuchImport('import.invalid', 'this import is not known any more: send the files again')
    entry.touchedMs = nowMs()
    return entry
  }
  const openOf = (id: string): Entry => {
    const entry = entryOf(id)
    if (phaseOf(entry) !== 'open') throw new FleetError('import.invalid', 'this import has begun already')
    return entry
  }
  const forget = async (entry: Entry): Promise<void> => {
    entries.delete(entry.id)
    bytes -= entry.bytes
    entry.bytes = 0
    await rm(entry.folder, { recursive: true, force: true })
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
    const files = [...entry.files.keys()]
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
        onJob: (job) => (entry.job = job),
        onSaid: (said) => {
          entry.said.push(said.slice(0, MOST_CHARACTERS))
          if (entry.said.length > MOST_SAID) entry.said.shift()
        },
        onRefused: ({ refused, kept }) => ([entry.refused, entry.kept] = [refused, kept]),
      },
    )
    entry.running = running
    entry.outcome = await running.ended
    entry.touchedMs = nowMs()
    bytes -= entry.bytes
    entry.bytes = 0
    await rm(filesOf(entry), { recursive: true, force: true }).catch((error: unknown) => {
      entry.said.push(`the files could not be deleted: ${reasonOf(error)}`)
    })
  }
  return {
    list: () => [...entries.values()].map(tell).toReversed(),
    create: async () => {
      if (!isCleaned) await removeLeftovers(root)
      isCleaned = true
      await makeRoom()
      const id = randomUUID()
      const entry: Entry = {
        id,
        folder: join(own, id),
        files: new Map(),
        arriving: new Set(),
        said: [],
        previews: 0,
        refused: 0,
        kept: 0,
        bytes: 0,
        touchedMs: nowMs(),
      }
      await mkdir(filesOf(entry), { recursive: true })
      entries.set(id, entry)
      return tell(entry)
    },
    upload: async (id, name, body) => {
      const entry = openOf(id)
      checkName(entry, name)
      entry.arriving.add(name)
      let taken = 0
      try {
        const stored = await storeUpload(body, {
          path: join(filesOf(entry), name),
          take: (more) => {
            if (bytes + more > importBytes) throw tooMuch(importBytes)
            if (entries.get(id) !== entry) throw new FleetError('import.invalid', 'the import was discarded')
            taken += more
            entry.bytes += more
            bytes += more
          },
        })
        entry.files.set(name, stored)
        return tell(entry)
      } catch (error) {
        const given = Math.min(taken, entry.bytes)
        entry.bytes -= given
        bytes -= given
        throw error
      } finally {
        entry.arriving.delete(name)
      }
    },
    preview: async (id, settings, signal) => {
      const entry = openOf(id)
      checkWhole(entry)
      if (entry.previews >= MOST_PREVIEWS)
        throw new FleetError('import.invalid', 'the files are being looked at: ask again when that is done')
      entry.previews++
      entry.settings = settings
      try {
        const files = [...entry.files.keys()]
        return await previewInProcess({ kind: 'preview', folder: filesOf(entry), files, settings }, signal)
      } finally {
        entry.previews--
      }
    },
    start: async (id, settings) => {
      const entry = openOf(id)
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
    stop: (id) => {
      const entry = entryOf(id)
      entry.running?.stop()
      return tell(entry)
    },
    remove: async (id) => {
      const entry = entryOf(id)
      if (phaseOf(entry) === 'running') throw new FleetError('import.invalid', 'this import is running: stop it first')
      await forget(entry)
    },
    refusedFile: (id) => {
      const entry = entryOf(id)
      return phaseOf(entry) === 'open' ? undefined : refusedOf(entry)
    },
    close: async () => {
      for (const { running } of entries.values()) running?.stop()
      await Promise.all([...entries.values()].map(({ running }) => running?.ended))
      entries.clear()
      await rm(own, { recursive: true, force: true })
    },
  }
}

const PREFIX = 'viewer-'
const filesOf = ({ folder }: Pick<Entry, 'folder'>): string => join(folder, 'files')
const refusedOf = ({ folder }: Pick<Entry, 'folder'>): string => join(folder, 'refused.ndjson')

const phaseOf = ({ running, outcome }: Entry): PageImport['phase'] =>
  outcome !== undefined ? 'ended' : running !== undefined ? 'running' : 'open'

const tell = (entry: Entry): PageImport => {
  const { id, files, settings, job, said, outcome, refused, kept } = entry
  return {
    id,
    files: Array.from(files, ([name, { bytes }]) => ({ name, bytes })),
    phase: phaseOf(entry),
    ...(settings === undefined ? {} : { choices: settings as ImportChoices }),
    ...(job === undefined ? {} : { job }),
    said,
    ...(outcome === undefined ? {} : { outcome }),
    refused,
    refusedKept: kept,
  }
}

const checkName = ({ files, arriving }: Entry, name: string): void => {
  // A dash alone means standard input.
  if (!NAME.test(name) || name === '-')
    throw new FleetError(
      'import.invalid',
      'the name of the file has to be 1 to 255 characters without /, and not begin with a dot',
    )
  if (files.has(name) || arriving.has(name))
    throw new FleetError('import.invalid', `there are two files with the name ${name}: rename one`)
  if (files.size + arriving.size >= MOST_FILES)
    throw new FleetError(
      'import.invalid',
      `an import from the page has at most ${MOST_FILES} files: use \`fleet import\` in a terminal for more`,
    )
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

/** Files of viewers that did not end in order. */
const removeLeftovers = async (root: string): Promise<void> => {
  const names = await readdir(root).catch(() => [])
  for (const name of names) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : Number.NaN)
    if (Number.isInteger(pid) && (pid === process.pid || !isAlive(pid)))
      await rm(join(root, name), { recursive: true, force: true })
  }
}
