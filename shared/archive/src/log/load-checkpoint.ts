import { FleetError } from '@fleetlake/core'
import { chunkOf } from '../chunk.ts'
import { decodePath, SIDECARS_FOLDER } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type Action, parseActions } from './actions.ts'
import { isSealed } from './checkpoint-seal.ts'
import type { CheckpointIndex } from './checkpoint-index.ts'
import type { CheckpointName } from './list-log.ts'
import { type CheckpointFile, type Kind, openCheckpoint, readGroup } from './open-checkpoint.ts'
import { type CheckpointState, readCheckpoint, type ReadParts, stateOfParts } from './read-checkpoint.ts'
import { readActionsInThread, readPartsInThread } from './read-in-thread.ts'

/** The files of a checkpoint, of whichever kind. */
export interface CheckpointFiles {
  /** Whole and ours. */
  readonly isSealed: boolean
  /** In Parquet. */
  readonly parts: readonly CheckpointFile[]
  /** In JSON: what a checkpoint of format 2 may begin with. */
  readonly manifest: CheckpointFile | undefined
}

const get = async (store: ObjectStore, names: readonly string[]): Promise<CheckpointFile[] | undefined> => {
  const files: CheckpointFile[] = []
  for (const name of names) {
    const bytes = await store.get(name)
    if (bytes === undefined) return undefined
    files.push({ name, bytes })
  }
  return files
}

const SIDECAR = /^[\w.-]+\.parquet$/

const getSidecars = async (store: ObjectStore, names: readonly string[]): Promise<CheckpointFile[]> => {
  const other = names.find((name) => !SIDECAR.test(name))
  if (other !== undefined) {
    throw new FleetError('table.unsupported', `a checkpoint names a file outside ${SIDECARS_FOLDER}, "${other}"`)
  }
  const files = await get(
    store,
    names.map((name) => `${SIDECARS_FOLDER}${name}`),
  )
  if (files === undefined)
    throw new FleetError('table.invalid', `a file of a checkpoint is missing in ${SIDECARS_FOLDER}`)
  return files
}

const partsOfActions = (actions: readonly Action[]): ReadParts => ({
  head: actions.filter(({ protocol, metaData, txn }) => protocol ?? metaData ?? txn),
  chunks: actions.flatMap(({ add }) => (add ? [chunkOf(add)] : [])),
  vectors: actions.flatMap(({ add }) => (add?.deletionVector ? [decodePath(add.path)] : [])),
  sidecars: actions.flatMap(({ sidecar }) => (sidecar ? [sidecar.path] : [])),
})

const join = (a: ReadParts, b: ReadParts): ReadParts => ({
  head: [...a.head, ...b.head],
  chunks: [...a.chunks, ...b.chunks],
  vectors: [...a.vectors, ...b.vectors],
  sidecars: [],
})

/**
 * All files of a checkpoint.
 * @returns undefined when it is not there any more
 * @throws FleetError `table.invalid`, `table.unsupported`
 */
export const getCheckpoint = async (
  store: ObjectStore,
  { paths, version }: CheckpointName,
): Promise<CheckpointFiles | undefined> => {
  const files = await get(store, paths)
  if (files === undefined) return undefined
  const [first] = files
  if (first.name.endsWith('.json')) {
    const { sidecars } = partsOfActions(parseActions(first.bytes, first.name))
    return { isSealed: false, parts: await getSidecars(store, sidecars), manifest: first }
  }
  if (files.length === 1 && isSealed(first.bytes, first.name, version))
    return { isSealed: true, parts: files, manifest: undefined }
  // The column's name stands in the footer; without it nothing is referred to.
  const mayRefer =
    files.length === 1 &&
    Buffer.from(first.bytes.buffer, first.bytes.byteOffset, first.bytes.length).includes('sidecar')
  const sidecars = mayRefer ? await getSidecars(store, (await readPartsInThread(files)).sidecars) : []
  return { isSealed: false, parts: [...files, ...sidecars], manifest: undefined }
}

export interface ReadActionsOptions {
  readonly kinds: readonly Kind[]
  /** Of a checkpoint with an index: whether a row group has to be read; all have when missing. */
  readonly isNeeded?: (group: number, index: CheckpointIndex) => boolean
}

/**
 * The actions of some kinds in a checkpoint, of any writer and any table.
 * @throws FleetError `table.invalid`, `table.unsupported`
 */
export async function* actionsOfCheckpoint(
  { isSealed: isOurs, parts, manifest }: CheckpointFiles,
  { kinds, isNeeded = () => true }: ReadActionsOptions,
): AsyncGenerator<Action> {
  if (manifest !== undefined) yield* parseActions(manifest.bytes, manifest.name)
  if (parts.length === 0) return
  if (!isOurs) return yield* await readActionsInThread(parts, kinds)
  const checkpoint = openCheckpoint(parts[0])
  for (const group of checkpoint.groups.keys()) {
    if (checkpoint.index === undefined || isNeeded(group, checkpoint.index))
      yield* await readGroup(checkpoint, group, kinds)
  }
}

/**
 * The content of a checkpoint, of any writer.
 * @returns undefined when it is not there any more
 * @throws FleetError `table.invalid`, `table.unsupported`, `cell.invalid`
 */
export const loadCheckpoint = async (
  store: ObjectStore,
  name: CheckpointName,
): Promise<CheckpointState | undefined> => {
  const files = await getCheckpoint(store, name)
  if (files === undefined) return undefined
  const { isSealed: isOurs, parts, manifest } = files
  if (isOurs) return readCheckpoint(parts)
  const read = parts.length === 0 ? partsOfActions([]) : await readPartsInThread(parts)
  if (manifest === undefined) return stateOfParts(read)
  return stateOfParts(join(partsOfActions(parseActions(manifest.bytes, manifest.name)), read))
}
