import { setImmediate } from 'node:timers/promises'
import { commitNumber, type Snapshot, type VersionChanges } from '@fleetlake/archive'
import type { MeasureSpec, Rows } from '@fleetlake/columnar'
import { createQueue, FleetError, periodOfDate, reasonOf } from '@fleetlake/core'
import {
  type Batch,
  type BucketOffset,
  BUCKETS,
  latestColumnsOf,
  type ProjectionState,
  type ProjectionTable,
} from '@fleetlake/projections'
import type { PinnedVersion } from '../coordinator/pin-version.ts'
import type { Missing, TakenThrough } from '../tail/held-tail.ts'
import { createLastPositions, type LastPositions } from './last-positions.ts'
import type { LatestFound, LatestQuestion } from './latest-jobs.ts'
import { VEHICLE_KEY } from './latest-question.ts'
import { rowsOfBatch } from './rows-of-batch.ts'

export interface LatestWatchDeps {
  /** The table `latest`; undefined while there is none. */
  open(): Promise<ProjectionTable | undefined>
  /** The changes of the versions `(after, to]` of the table of positions; undefined when one is not in the log any more. */
  changes(after: number, to: number): Promise<readonly VersionChanges[] | undefined>
  /** The rows of a data file, with these measures where it has them. @throws when it can't be read */
  rowsOf(file: { readonly path: string; readonly bytes: number }, measures: readonly MeasureSpec[]): AsyncIterable<Rows>
}

export interface LatestWatch {
  /** The last positions of a version and its tail. */
  find(version: PinnedVersion, question: LatestQuestion): Promise<LatestFound>
  /** Another archive is in the place of the one that was read. */
  forget(): void
}

/** What is held of a key column. Invariant: it has all that the table had up to `version`, but what `missing` says. */
interface Held {
  readonly positions: LastPositions
  /** Of tails: what is later than a version is folded once. */
  readonly taken: TakenThrough
  /** Of the table, as it was read; undefined while there was none. */
  readonly state: ProjectionState | undefined
  version: number
  missing: readonly Missing[]
  /** None of its rows was removed from the archive. */
  isAdded: boolean
  /** The projector keeps last positions by it, as far as is known. */
  readonly isKept: boolean
}

const nothingBy = (by: string): Pick<Held, 'positions' | 'taken'> => ({
  positions: createLastPositions(by === VEHICLE_KEY ? undefined : by),
  taken: new WeakMap(),
})

/** Further behind, what is held is left, and the table `latest` read again: it is seldom so far behind itself. */
const MOST_VERSIONS = 64
const DAY_MS = 86_400_000

const NOT_MADE: Missing = {
  path: 'latest',
  reason:
    'there is no table of last positions yet, so that only vehicles are known that have reported lately: start a projector (event-projector)',
}

const notAll = (frontierDay: number): Missing => ({
  path: 'latest',
  reason: `the projector has not come to positions of before ${new Date(frontierDay * DAY_MS).toISOString().slice(0, 10)} yet: vehicles that have not reported since are missing; ask again later`,
})

const notFolded = (by: string): Missing => ({
  path: 'latest',
  reason: `the projector keeps no last positions by "${by}", so that only what is not archived yet is known: name it in projector.latestBy`,
})

const removedSince = (version: number): Missing => ({
  path: 'latest',
  reason: `another program has removed positions in version ${version} of the archive, and the projector has not taken that in yet: a last position may be one of them`,
})

/** Whether no row was taken back: of what retention took the last positions stay. */
const keepsPositions = ({ removed, isRetention }: VersionChanges): boolean => isRetention || removed.length === 0

async function* rowsOfBatches(batches: AsyncIterable<Batch>, by: string): AsyncGenerator<Rows> {
  for await (const batch of batches) yield rowsOfBatch(batch, by)
}

/** Folds a piece in each turn: others are waiting. */
const foldPieces = async (positions: LastPositions, pieces: AsyncIterable<Rows> | Iterable<Rows>): Promise<void> => {
  for await (const rows of pieces) {
    positions.fold(rows)
    await setImmediate()
  }
}

/** How far all buckets are folded; undefined when one is not at all. */
interface FoldedBuckets {
  readonly version: number
  readonly frontier: number
  /** The versions at which some bucket is, each once, with the numbers that know their commits. */
  readonly commits: readonly Pick<BucketOffset, 'version' | 'commit'>[]
}

const foldedOf = (state: ProjectionState): FoldedBuckets | undefined => {
  let [version, frontier] = [Infinity, -Infinity]
  const commits = new Map<string, BucketOffset>()
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const offset = state.offset(bucket)
    if (offset === undefined) return undefined
    version = Math.min(version, offset.version)
    frontier = Math.max(frontier, offset.frontier)
    commits.set(`${offset.version} ${offset.commit}`, offset)
  }
  return { version, frontier, commits: [...commits.values()] }
}

/**
 * Last positions in memory: those of the table `latest`, of the files that the archive got since, and of the tail. Invariant: none is older than a position that was acknowledged before
 * the version was pinned, or what is missing is told. What is later than the version may be among them: it was acknowledged, too.
 */
export const createLatestWatch = ({ open, changes, rowsOf }: LatestWatchDeps): LatestWatch => {
  const held = new Map<string, Held>()
  const inTurn = createQueue()
  let table: ProjectionTable | undefined
  /** What is read of an archive that was replaced meanwhile is not held. */
  let generation = 0

  const measuresOf = (snapshot: Snapshot, by: string): readonly MeasureSpec[] =>
    snapshot.measures.filter(({ name }) => name === 'revision' || name === by)

  const look = async (): Promise<{ readonly table: ProjectionTable; readonly state: ProjectionState } | undefined> => {
    const begun = generation
    const opened = table ?? (await open())
    if (begun === generation) table = opened
    return opened && { table: opened, state: await opened.refresh() }
  }

  /** The number that knows the commit of a version as the archive has it now, be it newer than the snapshot. */
  const commitAt = async (version: number, snapshot: Snapshot): Promise<number | undefined> => {
    if (version === snapshot.version && snapshot.fingerprint !== undefined) return commitNumber(snapshot.fingerprint)
    return (await changes(version - 1, version))?.[0]?.commit
  }

  /** That what was folded is of this archive, not of another copy of it. @throws FleetError `table.invalid` */
  const checkCommits = async ({ commits }: FoldedBuckets, snapshot: Snapshot): Promise<void> => {
    for (const { version, commit } of commits) {
      if ((await commitAt(version, snapshot)) !== commit)
        throw new FleetError(
          'table.invalid',
          `the table latest was made up to a version ${version} that this archive does not have, or not any more: see that a projector runs, which makes it anew`,
        )
    }
  }

  const load = async (snapshot: Snapshot, by: string, seen: Awaited<ReturnType<typeof look>>): Promise<Held> => {
    const empty = nothingBy(by)
    const { positions } = empty
    const state = seen?.state
    const folded = state && foldedOf(state)
    if (seen === undefined || state === undefined || folded === undefined)
      return {
        ...empty,
        state,
        version: snapshot.version,
        missing: [NOT_MADE],
        isAdded: true,
        isKept: by === VEHICLE_KEY,
      }
    // The table's rows are of other columns: it would be read for nothing.
    if (by !== VEHICLE_KEY && !latestColumnsOf(state).includes(by))
      return { ...empty, state, version: snapshot.version, missing: [notFolded(by)], isAdded: true, isKept: false }
    await checkCommits(folded, snapshot)
    await foldPieces(positions, rowsOfBatches(seen.table.read(state, {}), by))
    const oldest = Math.min(...Array.from(snapshot.dates.keys(), (date) => periodOfDate(date).from / DAY_MS))
    return {
      ...empty,
      state,
      version: folded.version,
      isAdded: true,
      isKept: true,
      missing: folded.frontier > oldest ? [notAll(folded.frontier)] : [],
    }
  }

  /** Takes in what came up to a version. @returns whether that could be done */
  const followUp = async (found: Held, snapshot: Snapshot, by: string): Promise<boolean> => {
    if (found.version >= snapshot.version) return true
    if (snapshot.version - found.version > MOST_VERSIONS) return false
    const since = await changes(found.version, snapshot.version)
    if (since === undefined) return false
    for (const change of since) {
      if (!keepsPositions(change)) {
        found.isAdded = false
        return false
      }
      for (const file of change.added) await foldPieces(found.positions, rowsOf(file, measuresOf(snapshot, by)))
      found.version = change.version
    }
    return true
  }

  /** What was just read of the table: all that came since is taken in, however much, and what can't be is told. */
  const followLoaded = async (found: Held, snapshot: Snapshot, by: string): Promise<void> => {
    if (found.version >= snapshot.version) return
    const since = await changes(found.version, snapshot.version)
    if (since === undefined)
      throw new FleetError(
        'table.invalid',
        `the table latest is at version ${found.version} of the archive, whose log does not go back so far any more: see that a projector runs`,
      )
    const missing = [...found.missing]
    for (const change of since) {
      if (!keepsPositions(change)) {
        missing.push(removedSince(change.version))
        found.isAdded = false
      }
      for (const file of change.added) await foldPieces(found.positions, rowsOf(file, measuresOf(snapshot, by)))
    }
    found.missing = missing
    found.version = snapshot.version
  }

  const at = async (snapshot: Snapshot, by: string): Promise<Held> => {
    const begun = generation
    const known = held.get(by)
    const isFollowed = known !== undefined && (await followUp(known, snapshot, by))
    if (isFollowed && known.missing.length === 0) return known
    const seen = await look()
    // What was missing may be there by now.
    if (isFollowed && seen?.state === known.state) return known
    const loaded = await load(snapshot, by, seen)
    await followLoaded(loaded, snapshot, by)
    // What is not in the table yet was seen all the same. Of a complete one what is known adds only rows that were removed.
    if (isFollowed && known.isAdded && loaded.missing.length > 0) loaded.positions.fold(known.positions.take())
    // What is no key of the table may have as many values as the archive has rows.
    if (begun === generation && loaded.isKept) held.set(by, loaded)
    return loaded
  }

  const find = async ({ snapshot, tail }: PinnedVersion, { by, keys }: LatestQuestion): Promise<LatestFound> => {
    const { positions, taken, missing } =
      snapshot === undefined ? { ...nothingBy(by), missing: [] } : await at(snapshot, by)
    await foldPieces(
      positions,
      tail.pieces(taken).map(({ rows }) => rows),
    )
    const wanted = keys && new Set(keys.map((key) => positions.find(key)))
    return { rows: positions.take(wanted && ((key) => wanted.has(key))), missing }
  }

  return {
    find: (version, question) =>
      inTurn(async () => {
        try {
          return await find(version, question)
        } catch (error) {
          held.delete(question.by)
          // Its folder may have been deleted, and made anew.
          table = undefined
          return {
            rows: (await find({ ...version, snapshot: undefined }, question)).rows,
            missing: [{ path: 'latest', reason: `only what is not archived yet is known: ${reasonOf(error)}` }],
          }
        }
      }),
    forget: () => {
      generation++
      held.clear()
      table = undefined
    },
  }
}
