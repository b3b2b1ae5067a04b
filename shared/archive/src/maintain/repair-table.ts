import { randomUUID } from 'node:crypto'
import { FleetError, reasonOf } from '@fleetlake/core'
import { type Action, checkAction, formatCommit, parseCommit, type Txn } from '../log/actions.ts'
import { arrivalActions } from '../log/arrivals.ts'
import { damaged, isDamage } from '../log/damage.ts'
import { eachFile } from '../log/files.ts'
import { type CheckpointName, listLog } from '../log/list-log.ts'
import { getCheckpoint, loadCheckpoint } from '../log/load-checkpoint.ts'
import { mayCheckpoint } from '../log/protocol.ts'
import type { VersionActions } from '../log/log-kind.ts'
import { movesLogIn } from '../log/moves-log.ts'
import { readLog } from '../log/read-log.ts'
import { applyVersions, type LogState, stateOfCheckpoint } from '../log/state.ts'
import { writeCheckpoint } from '../log/write-checkpoint.ts'
import {
  COPIES_FOLDER,
  commitPath,
  copyPath,
  decodePath,
  encodePath,
  LOG_FOLDER,
  parseCopyPath,
  REPLACED_FOLDER,
} from '../paths.ts'
import { fieldsOf } from '../schema.ts'
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts'
import { readRemoves } from './read-tombstones.ts'
import { recoverFile } from './recover-file.ts'
import { DATA_FILE } from './vacuum-table.ts'

/** A version that the log does not hold as it was written, and what takes its place. */
export interface RepairedVersion {
  readonly version: number
  /** The commit itself, from its copy; or what is known of it from the data files. */
  readonly from: 'copy' | 'files'
  readonly bytes: Uint8Array
  /** What was found in its place. */
  readonly found: string
}

/** What a repair would do. */
export interface RepairPlan {
  /** The table's last version. */
  readonly version: number
  readonly versions: readonly RepairedVersion[]
  /** Checkpoints that can't be read, which are put aside. */
  readonly checkpoints: readonly { readonly path: string; readonly reason: string }[]
  /** Files that no version names any more, and that are named again. Repeats among them go with the next compaction. */
  readonly added: readonly string[]
  /** Files that are named and not there. */
  readonly missing: readonly string[]
  /** Data files that can't be taken back, and why. */
  readonly unreadable: readonly string[]
  /** What can't be known. */
  readonly notes: readonly string[]
}

/** Versions are consecutive: a stray file with a high version does not extend the log. */
const MOST_LOST = 10_000

interface Base {
  readonly state: LogState | undefined
  readonly checkpoint: CheckpointName | undefined
  readonly unreadable: { readonly path: string; readonly reason: string }[]
}

const findBase = async (store: ObjectStore, checkpoints: readonly CheckpointName[]): Promise<Base> => {
  const unreadable: Base['unreadable'] = []
  for (const checkpoint of checkpoints) {
    try {
      const held = await loadCheckpoint(store, checkpoint)
      if (held !== undefined) return { state: stateOfCheckpoint(checkpoint.version, held), checkpoint, unreadable }
    } catch (error) {
      if (!isDamage(error)) throw error
      unreadable.push(...checkpoint.paths.map((path) => ({ path, reason: reasonOf(error) })))
    }
  }
  return { state: undefined, checkpoint: undefined, unreadable }
}

const listCopies = async (store: ObjectStore): Promise<Set<number>> => {
  const versions = new Set<number>()
  for await (const { path } of store.list(COPIES_FOLDER)) {
    const version = parseCopyPath(path)
    if (version !== undefined) versions.add(version)
  }
  return versions
}

const parse = (bytes: Uint8Array | undefined, path: string, version: number): Action[] | string => {
  if (bytes === undefined) return `${path} is missing`
  try {
    return parseCommit(bytes, path, version)
  } catch (error) {
    if (isDamage(error)) return reasonOf(error)
    throw error
  }
}

/**
 * What a commit that was cut off still says: the whole lines before its end. Of one whose last line is whole as well it is not known which lines
 * are as they were written: nothing.
 */
const salvage = (bytes: Uint8Array | undefined): Action[] => {
  const lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n')
  const actions = lines.map((line, i): Action | undefined => {
    try {
      return checkAction(JSON.parse(line), String(i))
    } catch {
      return undefined
    }
  })
  const whole = actions.slice(0, -1)
  return actions.at(-1) === undefined && lines.at(-1) !== '' && !whole.includes(undefined) ? (whole as Action[]) : []
}

interface Lost {
  readonly version: number
  readonly found: string
  readonly salvaged: readonly Action[]
}

type ReadLogged = VersionActions & { readonly restored?: RepairedVersion }

/** Each version after the base: as it is, from its copy, or lost. */
const readVersions = async (store: ObjectStore, first: number, last: number) => {
  const known: ReadLogged[] = []
  const lost: Lost[] = []
  for (let version = first; version <= last; version++) {
    const path = commitPath(version)
    const bytes = await store.get(path)
    const actions = parse(bytes, path, version)
    if (typeof actions !== 'string') {
      known.push({ version, actions })
      continue
    }
    const copy = await store.get(copyPath(version))
    const copied = parse(copy, copyPath(version), version)
    if (typeof copied === 'string') lost.push({ version, found: actions, salvaged: salvage(bytes) })
    else known.push({ version, actions: copied, restored: { version, from: 'copy', bytes: copy!, found: actions } })
    if (lost.length > MOST_LOST) {
      throw damaged({
        version: first,
        found: `more than ${MOST_LOST} versions are missing before version ${last}: is a file of the log misnamed?`,
      })
    }
  }
  return { known, lost }
}

interface Rebuilt {
  readonly versions: readonly RepairedVersion[]
  readonly added: readonly string[]
  readonly missing: readonly string[]
  readonly unreadable: readonly string[]
  readonly notes: readonly string[]
}

/** What was lost, from the data files: those that no version names are named, those that are not there are not. */
const rebuild = async (
  store: ObjectStore,
  {
    base,
    known,
    lost,
    nowMs,
  }: {
    readonly base: Base
    readonly known: readonly VersionActions[]
    readonly lost: readonly Lost[]
    readonly nowMs: number
  },
): Promise<Rebuilt> => {
  const [{ version: first }] = lost
  const before = applyVersions(
    base.state,
    known.filter(({ version }) => version < first),
  )
  const named = new Set<string>()
  const files = base.checkpoint && (await getCheckpoint(store, base.checkpoint))
  if (files !== undefined) {
    for await (const { remove } of readRemoves(files, -Infinity)) if (remove) named.add(decodePath(remove.path))
  }
  for (const { version, actions } of [
    ...known,
    ...lost.map((each) => ({ version: each.version, actions: each.salvaged })),
  ]) {
    for (const { add, remove } of actions) {
      if (remove) named.add(decodePath(remove.path))
      // What a lost commit added is found among the data files.
      else if (add && known.some((each) => each.version === version)) named.add(decodePath(add.path))
    }
  }
  const live = new Map(Array.from(eachFile(before.files), (chunk) => [chunk.path, chunk]))
  const found = new Set<string>()
  const adds: Action[] = []
  const unreadable: string[] = []
  const columns = new Set<string>()
  for await (const file of store.list('date=')) {
    found.add(file.path)
    if (!DATA_FILE.test(file.path) || live.has(file.path) || named.has(file.path)) continue
    await recoverOne(store, file, { adds, unreadable, columns })
  }
  const gone = [...live.values()].filter(({ path }) => !found.has(path) && !named.has(path))
  const removes = gone.map(({ path, bytes: size, date, cell }): Action => ({
    remove: {
      path: encodePath(path),
      deletionTimestamp: nowMs,
      dataChange: true,
      partitionValues: { date, cell },
      size,
    },
  }))
  // When their rows came went with the commits: they are kept as if they came now.
  const arrivals = arrivalActions(
    adds.flatMap(({ add }) => (add ? [add] : [])),
    before.txns,
    nowMs,
  )
  const arrived = new Set(arrivals.map(({ txn }) => txn?.appId))
  const versions = lost.map(({ version, found: what, salvaged }): RepairedVersion => {
    const txns = salvaged.flatMap(({ txn }): { txn: Txn }[] => (txn && !arrived.has(txn.appId) ? [{ txn }] : []))
    const metaDatas = salvaged.flatMap(({ metaData }): Action[] => (metaData ? [{ metaData }] : []))
    const salvagedRemoves = salvaged.filter(({ remove }) => remove)
    const info = {
      timestamp: nowMs,
      operation: 'REPAIR',
      engineInfo: 'Fleetlake',
      commitId: randomUUID(),
      readVersion: version - 1,
    }
    const actions: Action[] = [
      { commitInfo: { ...info, found: what } },
      ...metaDatas,
      ...txns,
      ...salvagedRemoves,
      ...(version === first ? [...arrivals, ...removes, ...adds] : []),
    ]
    return { version, from: 'files', bytes: formatCommit(actions, version), found: what }
  })
  return {
    versions,
    added: adds.map(({ add }) => decodePath(add!.path)),
    missing: gone.map(({ path }) => path),
    unreadable,
    notes: notesOnColumns(
      columns,
      [...known, ...lost.map(({ version, salvaged }) => ({ version, actions: salvaged }))],
      base,
    ),
  }
}

/** A column that a lost commit added is in the files that have it, and not in the schema. */
const notesOnColumns = (found: ReadonlySet<string>, versions: readonly VersionActions[], base: Base): string[] => {
  const { metaData } = applyVersions(
    base.state,
    versions.map(({ version, actions }) => ({
      version,
      actions: actions.filter((action) => !action.add && !action.remove),
    })),
  )
  const names = new Set(fieldsOf(metaData.schemaString).map(({ name }) => name))
  const missing = [...found].filter((name) => !names.has(name))
  return missing.length === 0
    ? []
    : [`files have columns that the table does not have: add ${missing.join(', ')} again with fleet table columns add`]
}

const recoverOne = async (
  store: ObjectStore,
  file: ObjectInfo,
  {
    adds,
    unreadable,
    columns,
  }: { readonly adds: Action[]; readonly unreadable: string[]; readonly columns: Set<string> },
): Promise<void> => {
  try {
    const { add, measures } = await recoverFile(store, file)
    adds.push({ add: { ...add, dataChange: true } })
    for (const name of measures) columns.add(name)
  } catch (error) {
    if (!(error instanceof FleetError) || error.code === 'store.failed') throw error
    unreadable.push(reasonOf(error))
  }
}

/**
 * What makes a damaged log whole again: each commit that is missing or not as it was written is taken from its copy; one without a copy is made
 * from the data files. Invariant: no row that a version before or after names is lost, and none is made up; rows may come back that a
 * compaction had taken out as repeats, which the next one takes out again.
 * @returns undefined when nothing is wrong
 * @throws FleetError `table.damaged` when too little is left, `table.missing`, `store.failed`
 */
export const planRepair = async (store: ObjectStore, nowMs: number): Promise<RepairPlan | undefined> => {
  const listing = await listLog(store, 0)
  const copies = await listCopies(store)
  const version = Math.max(listing.newest, ...copies)
  if (version < 0) throw new FleetError('table.missing', `there is no table in ${store.url(LOG_FOLDER)}`)
  const base = await findBase(store, listing.checkpoints)
  const first = (base.state?.version ?? -1) + 1
  const { known, lost } = await readVersions(store, first, version)
  if (base.state === undefined && lost.some((each) => each.version === 0)) {
    throw damaged({
      version: 0,
      found:
        'no checkpoint can be read, nor the first commit or its copy, so the kind of the table is not known. ' +
        `Restore ${LOG_FOLDER} from a backup, or move the archive aside and import its files into a new archive`,
    })
  }
  const restored = known.flatMap((each) => each.restored ?? [])
  if (restored.length === 0 && lost.length === 0 && base.unreadable.length === 0) return undefined
  const rebuilt: Rebuilt =
    lost.length === 0
      ? { versions: [], added: [], missing: [], unreadable: [], notes: [] }
      : await rebuild(store, { base, known, lost, nowMs })
  return {
    ...rebuilt,
    version,
    versions: [...restored, ...rebuilt.versions].toSorted((a, b) => a.version - b.version),
    checkpoints: base.unreadable,
    notes: lost.length === 0 ? [] : [LOST_NOTE, ...rebuilt.notes],
  }
}

const LOST_NOTE =
  'the offsets in the lost versions are not known: collectors go on from the offsets in the other versions, so some rows may be archived ' +
  'again, as duplicates. A stream that was purged meanwhile is reported as a gap, though its rows are in the files that were found'

/** Keeps what is replaced, under another name. */
const putAside = async (store: ObjectStore, path: string, nowMs: number): Promise<void> => {
  const bytes = await store.get(path)
  if (bytes === undefined) return
  const when = new Date(nowMs).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  await store.put(`${REPLACED_FOLDER}${when}Z/${path.slice(LOG_FOLDER.length)}`, bytes)
}

/**
 * Carries a plan out. What it replaces is kept below `_fleetlake/replaced/`; stopped at any moment, it can be begun again. It ends with a
 * checkpoint, from which other readers begin as well.
 * @throws FleetError `table.damaged` when the log is not whole afterwards, `store.failed`
 */
export const applyRepair = async (store: ObjectStore, plan: RepairPlan, nowMs: number): Promise<void> => {
  for (const { path } of plan.checkpoints) {
    await putAside(store, path, nowMs)
    await store.delete(path)
  }
  for (const { version, bytes } of plan.versions) {
    await putAside(store, commitPath(version), nowMs)
    await store.put(commitPath(version), bytes)
    await store.put(copyPath(version), bytes)
  }
  const state = await readLog(store, movesLogIn(store))
  if (state === undefined) throw new FleetError('table.missing', 'the log is gone')
  const { checkpoints } = await listLog(store, state.version)
  if (checkpoints.length > 0 || !mayCheckpoint(state.protocol, state.metaData)) return
  await writeCheckpoint(store, state.version, nowMs)
}
