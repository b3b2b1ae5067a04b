import { Worker } from 'node:worker_threads'
import { type ErrorCode, FleetError } from '@fleetlake/core'
import type { Action } from './actions.ts'
import type { CheckpointFile, Kind } from './open-checkpoint.ts'
import type { ReadParts } from './read-checkpoint.ts'

/**
 * Checkpoints that carry no checksum of ours are read in a thread of their own: what a damaged one makes the Parquet reader do, go on for ever
 * or take all memory, ends with the thread.
 */

export interface ThreadTask {
  readonly files: readonly CheckpointFile[]
  /** Reads the actions of these kinds; the state of a table of positions when missing. */
  readonly kinds?: readonly Kind[]
}

export type ThreadAnswer<T> = { readonly value: T } | { readonly code: ErrorCode; readonly reason: string }

export interface ThreadLimits {
  /** Some seconds are enough for a table of a million files. */
  readonly deadlineMs: number
  readonly heapMb: number
}

const LIMITS: ThreadLimits = { deadlineMs: 120_000, heapMb: 2_048 }

const run = <T>(task: ThreadTask, { deadlineMs, heapMb }: ThreadLimits): Promise<T> =>
  new Promise((resolve, reject) => {
    const [{ name }] = task.files
    const refuse = (reason: string, cause?: unknown): void => {
      clearTimeout(timer)
      reject(new FleetError('table.invalid', `${name} is not readable as a checkpoint: ${reason}`, { cause }))
      void worker.terminate()
    }
    const worker = new Worker(new URL('foreign-thread.ts', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    })
    const timer = setTimeout(() => refuse(`it was not read within ${deadlineMs / 1_000} s`), deadlineMs)
    worker.once('message', (answer: ThreadAnswer<T>) => {
      clearTimeout(timer)
      if ('value' in answer) resolve(answer.value)
      else reject(new FleetError(answer.code, answer.reason))
    })
    worker.once('error', (error) => refuse('reading it failed', error))
    worker.once('exit', () => refuse('reading it ended early'))
  })

/** @throws FleetError `table.invalid`, `table.unsupported`, `cell.invalid` */
export const readPartsInThread = (files: readonly CheckpointFile[], limits = LIMITS): Promise<ReadParts> =>
  run({ files }, limits)

/** @throws FleetError `table.invalid`, `table.unsupported` */
export const readActionsInThread = (
  files: readonly CheckpointFile[],
  kinds: readonly Kind[],
  limits = LIMITS,
): Promise<Action[]> => run({ files, kinds }, limits)
