import { parentPort, workerData } from 'node:worker_threads'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { Action } from './actions.ts'
import { type CheckpointFile, type Kind, openCheckpoint, readGroup } from './open-checkpoint.ts'
import { readParts } from './read-checkpoint.ts'
import type { ThreadAnswer, ThreadTask } from './read-in-thread.ts'

const readActions = async (files: readonly CheckpointFile[], kinds: readonly Kind[]): Promise<Action[]> => {
  const actions: Action[] = []
  for (const file of files.map(openCheckpoint)) {
    for (const group of file.groups.keys()) {
      for (const action of await readGroup(file, group, kinds)) actions.push(action)
    }
  }
  return actions
}

const answer = async ({ files, kinds }: ThreadTask): Promise<ThreadAnswer<unknown>> => {
  try {
    return { value: kinds === undefined ? await readParts(files) : await readActions(files, kinds) }
  } catch (error) {
    const { code } = error instanceof FleetError ? error : { code: 'table.invalid' as const }
    return { code, reason: reasonOf(error) }
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
parentPort?.postMessage(await answer(workerData as ThreadTask))
