import { setTimeout as delay } from 'node:timers/promises'
import { type FleetError, reasonOf } from '@fleetlake/core'
import { z } from 'zod'
import { commitPath, copyPath, LAST_CHECKPOINT, LOG_FOLDER } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { parseCommit } from './actions.ts'
import { isDamage } from './damage.ts'
import { fingerprintIn, fingerprintOf } from './fingerprint.ts'
import { type CheckpointName, listLog, type LogListing, newestCopy } from './list-log.ts'
import type { LogKind, TableState, VersionActions } from './log-kind.ts'

export interface ReadLogOptions {
  /** A newest commit that is not whole is looked at again for this long, ms: another program may be in the middle of writing it. */
  readonly settleMs?: number
}

const SETTLE_MS = 1_000
const FIRST_PAUSE_MS = 20

const lastCheckpoint = z.object({ version: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER) })

/** The version that `_last_checkpoint` names: a hint where to begin, and no more. */
const hintedVersion = async (store: ObjectStore): Promise<number> => {
  const bytes = await store.get(LAST_CHECKPOINT)
  if (bytes === undefined) return 0
  try {
    return lastCheckpoint.parse(JSON.parse(new TextDecoder().decode(bytes))).version
  } catch {
    return 0
  }
}

/** The log from the newest whole checkpoint on, or an older one: all of it when there is none where the hint says. */
export const listFromCheckpoint = async (store: ObjectStore): Promise<LogListing> => {
  const hinted = await hintedVersion(store)
  const listing = await listLog(store, hinted)
  return hinted > 0 && listing.checkpoints.length === 0 ? listLog(store, 0) : listing
}

/** The checkpoint that cold readers begin with; undefined when there is none. */
export const findCheckpoint = async (store: ObjectStore): Promise<CheckpointName | undefined> =>
  (await listFromCheckpoint(store)).checkpoints[0]

/** What is read of a version: its actions, nothing, or what is wrong with it. */
type ReadVersion = VersionActions | { readonly fault: FleetError } | undefined

export const readVersion = async (store: ObjectStore, version: number): Promise<ReadVersion> => {
  const path = commitPath(version)
  const bytes = await store.get(path)
  if (bytes === undefined) return undefined
  try {
    return { version, actions: parseCommit(bytes, path, version), fingerprint: fingerprintIn(bytes) }
  } catch (error) {
    if (!isDamage(error)) throw error
    return { fault: error }
  }
}

/** Makes the fault of a damaged log. */
type Damaged = LogKind<TableState>['damaged']

/** The fault of a version that stays what it is. */
const judge = async (
  store: ObjectStore,
  { damaged }: { readonly damaged: Damaged },
  version: number,
  fault: FleetError,
): Promise<FleetError> => {
  const isNewest = (await store.size(commitPath(version + 1))) === undefined
  const advice = isNewest ? ' (if another program is writing it just now, this passes by itself)' : ''
  return damaged({ version, found: `${reasonOf(fault)}${advice}` }, fault)
}

const gapAt = (version: number, newest: number, damaged: Damaged): FleetError =>
  damaged({ version, found: `${commitPath(version)} is missing, though version ${newest} was written` })

/** What a version is known by. */
type Known = Pick<TableState, 'version' | 'fingerprint'>

/** Whether a version is there as it was read; one that is not in the log any more, or of which only a checkpoint was read, is taken for it. */
export const isStillThere = async (store: ObjectStore, { version, fingerprint }: Known): Promise<boolean> => {
  const found = fingerprint === undefined ? undefined : await fingerprintOf(store, version)
  return found === undefined || found === fingerprint
}

const checkVersion = async (store: ObjectStore, known: Known, damaged: Damaged): Promise<void> => {
  if (await isStillThere(store, known)) return
  const { version } = known
  throw damaged({ version, found: `${commitPath(version)} is another one than was read` })
}

const MOST_AT_ONCE = 64

/**
 * The state after all versions there are: v+1, v+2 … until one is absent. The first is read alone, so that no news costs one get;
 * then more and more at once. Invariant: a commit that is empty, not whole or missing before a later one is reported as damage, not taken for the end of the log; what
 * goes on from another version than the one that was read is not taken for news.
 * @returns `state` itself when there is nothing new
 * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`
 */
export const readOn = async <State extends TableState>(
  store: ObjectStore,
  kind: LogKind<State>,
  state: State | undefined,
  { settleMs = SETTLE_MS }: ReadLogOptions = {},
): Promise<State | undefined> => {
  let newest = state
  let waitedMs = 0
  for (let atOnce = 1; ; atOnce = Math.min(atOnce * 4, MOST_AT_ONCE)) {
    const next = (newest?.version ?? -1) + 1
    const [read] = await Promise.all([
      Promise.all(Array.from({ length: atOnce }, (_, i) => readVersion(store, next + i))),
      // Once there is news, which the first reading tells alone.
      state !== undefined && newest !== state ? checkVersion(store, state, kind.damaged) : undefined,
    ])
    const whole = read.findIndex((version) => version === undefined || 'fault' in version)
    const end = whole < 0 ? read.length : whole
    const versions = read.slice(0, end) as VersionActions[]
    if (versions.length > 0) newest = kind.apply(newest, versions)
    if (end === read.length) continue
    const version = next + end
    const first = read[end]
    if (first === undefined) {
      const later = read.findLastIndex((each) => each !== undefined)
      if (later < end) return newest
      // It may have been written between the two reads, and then it is there now.
      if ((await store.size(commitPath(version))) === undefined) throw gapAt(version, next + later, kind.damaged)
    } else if ('fault' in first) {
      const pauseMs = Math.max(FIRST_PAUSE_MS, waitedMs)
      if (waitedMs + pauseMs > settleMs) throw await judge(store, kind, version, first.fault)
      await delay(pauseMs)
      waitedMs += pauseMs
    }
    // What came after it is read again, one version first.
    atOnce = 0.25
  }
}

/**
 * Makes sure that a version is the log's last one, as it was read, or that the next one is there: a log that was cut off, or has a gap there, must not be
 * taken for one without news, and even less be written to.
 * @throws FleetError `table.damaged`
 */
export const checkEnd = async (
  store: ObjectStore,
  { damaged }: { readonly damaged: Damaged },
  known: Known,
): Promise<void> => {
  const { version } = known
  const [{ commits, newest }] = await Promise.all([listLog(store, version), checkVersion(store, known, damaged)])
  if (newest < version) {
    throw damaged({ version: newest + 1, found: `the log ends before version ${version}, which was read from it` })
  }
  // Versions come one after the other: one that was not there when a later one was listed is there by now.
  if (newest <= version || commits.has(version + 1)) return
  if ((await store.size(commitPath(version + 1))) === undefined) throw gapAt(version + 1, newest, damaged)
}

const noBeginning = (listing: LogListing, warnings: readonly string[], damaged: Damaged): FleetError => {
  const first = listing.commits.size === 0 ? 'no commits' : `begins at version ${Math.min(...listing.commits)}`
  const tried = warnings.length === 0 ? 'has no checkpoint' : `has no checkpoint that can be read (${warnings[0]})`
  return damaged({ version: 0, found: `the log ${first} and ${tried}` })
}

/**
 * The state of a table that is opened for the first time: that of the newest checkpoint that can be read, and the commits after it. Where
 * `_last_checkpoint` points to decides nothing but where the listing begins.
 * @returns undefined when there is no table
 * @throws FleetError `table.damaged` when commits are missing or not whole, `table.invalid`, `table.unsupported`
 */
export const readLog = async <State extends TableState>(
  store: ObjectStore,
  kind: LogKind<State>,
  options: ReadLogOptions = {},
): Promise<State | undefined> => {
  const { damaged } = kind
  const warnings: string[] = []
  let listing = await listFromCheckpoint(store)
  const tried = new Set<string>()
  const readNewest = async (): Promise<State | undefined> => {
    for (const checkpoint of listing.checkpoints) {
      const [path] = checkpoint.paths
      if (tried.has(path)) continue
      tried.add(path)
      try {
        const held = await kind.loadCheckpoint(store, checkpoint)
        if (held !== undefined) return held
      } catch (error) {
        if (!isDamage(error)) throw error
        warnings.push(`${path} can't be read, an older checkpoint or the commits are used instead: ${reasonOf(error)}`)
      }
    }
    return undefined
  }
  let base = await readNewest()
  if (base === undefined && listing.from > 0) {
    listing = await listLog(store, 0)
    base = await readNewest()
  }
  const copied = await newestCopy(store, base?.version ?? -1)
  if (listing.newest < 0) {
    if (copied < 0) return undefined
    // A commit comes before its copy: the first one may have come since the log was listed.
    if ((await listLog(store, 0)).newest >= 0) return readLog(store, kind, options)
    throw damaged({
      version: 0,
      found: `the log in ${store.url(LOG_FOLDER)} is gone, though ${copyPath(copied)} is there`,
    })
  }
  if (base === undefined && !listing.commits.has(0)) throw noBeginning(listing, warnings, damaged)
  const first = (base?.version ?? -1) + 1
  let next = first
  while (listing.commits.has(next)) next++
  if (next <= listing.newest && (await store.size(commitPath(next))) === undefined)
    throw gapAt(next, listing.newest, damaged)
  const state = await readOn(store, kind, base, options)
  if (state === undefined) throw gapAt(first, listing.newest, damaged)
  if (state.version < Math.max(copied, listing.newest)) {
    await checkEnd(store, kind, state)
    throw damaged({
      version: state.version + 1,
      found: `${commitPath(state.version + 1)} is missing, though version ${Math.max(copied, listing.newest)} was written`,
    })
  }
  const fingerprint = state.fingerprint ?? (await fingerprintOf(store, state.version))
  return { ...state, fingerprint, warnings: [...state.warnings, ...warnings] }
}
