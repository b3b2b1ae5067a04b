import { randomBytes, randomUUID } from 'node:crypto'
import { FleetError } from '@fleetlake/core'
import { type Action, formatCommit, parseCommit } from '../log/actions.ts'
import { CHECKPOINT_COLUMNS } from '../log/checkpoint-schema.ts'
import { openCheckpoint, readGroup } from '../log/open-checkpoint.ts'
import { findCheckpoint } from '../log/read-log.ts'
import { commitPath, decodePath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { decodeLosses, encodeLosses, LOSSES_SCHEMA_STRING } from './loss-file.ts'
import { type KnownLoss, type Loss, lossesOf, lossId, type LossRow, type Settlement } from './loss.ts'

/**
 * The table `losses`, a Delta table of its own beside `moves`: it keeps what the log of `moves` forgets. It only grows, by a row when something is
 * lost or settled, so that it is read whole and needs no checkpoints.
 */
export interface LossTable {
  /** As last read. */
  readonly losses: readonly KnownLoss[]
  /** Reads what came since; without news it costs one get. */
  refresh(): Promise<readonly KnownLoss[]>
  /** Durable once it resolves. Invariant: a loss that is recorded already, by this or another collector, is not recorded again. */
  record(losses: readonly Loss[]): Promise<void>
  /** @param ids of losses that are known */
  settle(ids: readonly string[], settlement: Settlement): Promise<void>
}

export interface OpenLossTableOptions {
  /** Makes the table when there is none. */
  readonly create?: boolean
  readonly now?: () => number
  readonly engine?: string
}

/** Beside streams' offsets in `moves`: how often a commit passed, or an operator settled, losses. Another count: there is news. */
export const LOSSES_APP = 'fleetlake.losses'

interface State {
  readonly version: number
  /** By path. */
  readonly files: ReadonlyMap<string, readonly LossRow[]>
}

const firstActions = (nowMs: number, engine: string): Action[] => [
  { commitInfo: { timestamp: nowMs, operation: 'CREATE TABLE', engineInfo: engine, commitId: randomUUID() } },
  { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
  {
    metaData: {
      id: randomUUID(),
      name: 'losses',
      format: { provider: 'parquet', options: {} },
      schemaString: LOSSES_SCHEMA_STRING,
      partitionColumns: [],
      configuration: {},
      createdTime: nowMs,
    },
  },
]

/** @throws FleetError `table.unsupported` for a table that asks for a reader beyond version 1 */
const applyActions = async (
  store: ObjectStore,
  before: State['files'],
  actions: readonly Action[],
): Promise<State['files']> => {
  const files = new Map(before)
  for (const { add, remove, protocol } of actions) {
    if (protocol && protocol.minReaderVersion > 1) {
      const asks = `the table losses needs reader version ${protocol.minReaderVersion}`
      throw new FleetError('table.unsupported', `${asks}; this program supports 1: turn its features off`)
    }
    if (remove) files.delete(decodePath(remove.path))
    if (!add) continue
    const path = decodePath(add.path)
    const bytes = await store.get(path)
    if (bytes === undefined) {
      throw new FleetError('table.invalid', `${store.url(path)}, a file of the table losses, is missing: restore it`)
    }
    files.set(path, await decodeLosses(bytes, path))
  }
  return files
}

/** Another program may have shortened the log. */
const readCheckpoint = async (store: ObjectStore): Promise<State | undefined> => {
  const named = await findCheckpoint(store)
  if (named === undefined) return undefined
  const actions: Action[] = []
  for (const name of named.paths) {
    const bytes = await store.get(name)
    if (bytes === undefined) return undefined
    const checkpoint = openCheckpoint({ name, bytes })
    for (let group = 0; group < checkpoint.groups.length; group++) {
      actions.push(...(await readGroup(checkpoint, group, CHECKPOINT_COLUMNS)))
    }
  }
  return { version: named.version, files: await applyActions(store, new Map(), actions) }
}

const readOn = async (store: ObjectStore, state: State): Promise<State> => {
  let newest = state
  for (;;) {
    const version = newest.version + 1
    const path = commitPath(version)
    const bytes = await store.get(path)
    if (bytes === undefined) return newest
    newest = { version, files: await applyActions(store, newest.files, parseCommit(bytes, path, version)) }
  }
}

const NONE: State = { version: -1, files: new Map() }

/** @returns undefined when there is no table */
const readAll = async (store: ObjectStore): Promise<State | undefined> => {
  const state = await readOn(store, (await readCheckpoint(store)) ?? NONE)
  return state.version < 0 ? undefined : state
}

/**
 * Opens the table of losses.
 * @param store rooted at the table's folder
 * @returns undefined when there is none and none is to be made
 * @throws FleetError `table.invalid`, `table.unsupported`, `store.failed`
 */
export const openLossTable = async (
  store: ObjectStore,
  { create = false, now = Date.now, engine = 'Fleetlake' }: OpenLossTableOptions = {},
): Promise<LossTable | undefined> => {
  let found = await readAll(store)
  if (found === undefined && create) {
    await store.putIfAbsent(commitPath(0), formatCommit(firstActions(now(), engine)))
    found = await readAll(store)
  }
  if (found === undefined) return undefined
  let state = found
  let losses = lossesOf([...state.files.values()].flat())
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Value>(run: () => Promise<Value>): Promise<Value> => {
    const result = last.then(run, run)
    last = result.catch(() => undefined)
    return result
  }

  const read = async (): Promise<readonly KnownLoss[]> => {
    const next = await readOn(store, state)
    if (next !== state) losses = lossesOf([...next.files.values()].flat())
    state = next
    return losses
  }

  const write = async (rows: readonly LossRow[], operation: string): Promise<void> => {
    const path = `${new Date(now()).toISOString().slice(0, 10)}-${randomBytes(8).toString('hex')}.parquet`
    const bytes = encodeLosses(rows)
    await store.put(path, bytes)
    const add = { path, partitionValues: {}, size: bytes.length, modificationTime: now(), dataChange: true }
    const stats = JSON.stringify({ numRecords: rows.length })
    for (;;) {
      const commitInfo = { timestamp: now(), operation, engineInfo: engine, commitId: randomUUID() }
      const commit = formatCommit([{ commitInfo }, { add: { ...add, stats } }])
      const written = await store.putIfAbsent(commitPath(state.version + 1), commit)
      await read()
      // What was read shows whether our commit or another one is there; equal rows count once.
      if (written === 'created' || state.files.has(path)) return
    }
  }

  return {
    get losses() {
      return losses
    },
    refresh: () => inTurn(read),
    record: (lost) =>
      inTurn(async () => {
        await read()
        const known = new Set(losses.map(({ id }) => id))
        const rows = lost.map((loss): LossRow => ({ kind: 'loss', id: lossId(loss), ...loss }))
        const added = rows.filter(({ id }) => !known.has(id))
        if (added.length > 0) await write(added, 'WRITE')
      }),
    settle: (ids, settlement) =>
      inTurn(async () => {
        if (ids.length > 0)
          await write(
            ids.map((id): LossRow => ({ kind: 'settled', id, ...settlement })),
            'SETTLE',
          )
      }),
  }
}
