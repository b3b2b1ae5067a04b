import { FleetError } from '@fleetlake/core'
import { z } from 'zod'
import { checkpointPaths, commitPath, LAST_CHECKPOINT, LOG_FOLDER, parseLogPath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { parseCommit } from './actions.ts'
import type { CheckpointFile } from './open-checkpoint.ts'
import { readCheckpoint } from './read-checkpoint.ts'
import { applyVersions, type LogState, stateOfCheckpoint, type VersionActions } from './state.ts'

/** Where a checkpoint is. */
export interface CheckpointName {
  readonly version: number
  /** Missing for one file. */
  readonly parts?: number | undefined
}

const lastCheckpoint = z.object({
  version: z.number().int().nonnegative(),
  parts: z.number().int().positive().optional(),
})

/** The checkpoint that `_last_checkpoint` names; undefined when there is none, or nothing readable. */
export const findCheckpoint = async (store: ObjectStore): Promise<CheckpointName | undefined> => {
  const bytes = await store.get(LAST_CHECKPOINT)
  if (bytes === undefined) return undefined
  try {
    return lastCheckpoint.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return undefined
  }
}

/** The newest checkpoint that is there with all its parts, by listing the log. */
const listCheckpoint = async (
  store: ObjectStore,
): Promise<{ readonly checkpoint?: CheckpointName; readonly firstCommit?: number; readonly hasV2: boolean }> => {
  let hasV2 = false
  const found = new Map<string, number>()
  let checkpoint: CheckpointName | undefined
  let firstCommit: number | undefined
  for await (const { path } of store.list(LOG_FOLDER)) {
    const file = parseLogPath(path)
    if (file?.kind === 'commit') firstCommit ??= file.version
    hasV2 ||= file?.kind === 'v2-checkpoint'
    if (file?.kind !== 'checkpoint') continue
    const { version, parts } = file
    const key = `${version} ${parts}`
    const count = (found.get(key) ?? 0) + 1
    found.set(key, count)
    if (count === (parts ?? 1)) checkpoint = { version, parts }
  }
  return { hasV2, ...(checkpoint && { checkpoint }), ...(firstCommit === undefined ? {} : { firstCommit }) }
}

/** The state at a checkpoint; undefined when a file of it is missing. */
const readState = async (store: ObjectStore, { version, parts }: CheckpointName): Promise<LogState | undefined> => {
  const files: CheckpointFile[] = []
  for (const name of checkpointPaths(version, parts)) {
    const bytes = await store.get(name)
    if (bytes === undefined) return undefined
    files.push({ name, bytes })
  }
  return stateOfCheckpoint(version, await readCheckpoint(files))
}

const readVersion = async (store: ObjectStore, version: number): Promise<VersionActions | undefined> => {
  const path = commitPath(version)
  const bytes = await store.get(path)
  return bytes === undefined ? undefined : { version, actions: parseCommit(bytes, path) }
}

const MOST_AT_ONCE = 64

/**
 * The state after all versions there are: v+1, v+2 … until one is absent. The first is read alone, so that no news costs one get;
 * then more and more at once.
 * @returns `state` itself when there is nothing new
 */
export const readOn = async (store: ObjectStore, state: LogState | undefined): Promise<LogState | undefined> => {
  let newest = state
  for (let atOnce = 1; ; atOnce = Math.min(atOnce * 4, MOST_AT_ONCE)) {
    const next = (newest?.version ?? -1) + 1
    const read = await Promise.all(Array.from({ length: atOnce }, (_, i) => readVersion(store, next + i)))
    const end = read.indexOf(undefined)
    const versions = (end < 0 ? read : read.slice(0, end)).filter((version) => version !== undefined)
    if (versions.length > 0) newest = applyVersions(newest, versions)
    if (end >= 0) return newest
  }
}

/**
 * The state of a table that is opened for the first time; only without `_last_checkpoint` is the log listed.
 * @returns undefined when there is no table
 * @throws FleetError `table.invalid` when the log has a gap, `table.unsupported`
 */
export const readLog = async (store: ObjectStore): Promise<LogState | undefined> => {
  const named = await findCheckpoint(store)
  const state = named && (await readState(store, named))
  if (state !== undefined) return readOn(store, state)
  const { checkpoint, firstCommit, hasV2 } = await listCheckpoint(store)
  if (checkpoint !== undefined) return readOn(store, await readState(store, checkpoint))
  if (firstCommit === 0) return readOn(store, undefined)
  if (hasV2) {
    throw new FleetError(
      'table.unsupported',
      'the log has checkpoints of format 2 only, which this program does not know: turn the feature v2Checkpoint off',
    )
  }
  if (firstCommit === undefined) return undefined
  throw new FleetError(
    'table.invalid',
    `the log begins at version ${firstCommit} and has no checkpoint: restore the files before it`,
  )
}
