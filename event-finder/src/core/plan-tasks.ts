import type { Period } from '@fleetlake/core'

/** A chunk that a search has to read. */
export interface PlannedChunk {
  /** Within the store. */
  readonly path: string
  readonly bytes: number
  /** By the log; undefined when it has no stats. */
  readonly rows: number | undefined
  /** All its rows lie in the area. */
  readonly inside: boolean
  /** Its matches lie within, `[from, to)`, ms; missing where no more is known than the search says. */
  readonly period?: Period
}

export interface PlannedTask {
  /** From 0, oldest first. */
  readonly task: number
  readonly chunks: readonly PlannedChunk[]
  /** It gives the rows that are not archived yet, and has no chunks. */
  readonly isHot: boolean
}

/** A task is closed before it would exceed any of these: some tens of milliseconds of work. */
export interface TaskSize {
  readonly rows: number
  readonly bytes: number
  readonly chunks: number
}

/** What a chunk without stats is taken for; a position has about this many bytes in a small chunk. */
const BYTES_PER_ROW = 12

/** Groups chunks into tasks, in their order. Invariant: every chunk is in exactly one task. A chunk larger than a task is a task. */
export const planTasks = (chunks: readonly PlannedChunk[], size: TaskSize): PlannedTask[] => {
  const groups: PlannedChunk[][] = []
  let [rows, bytes] = [0, 0]
  for (const chunk of chunks) {
    const chunkRows = chunk.rows ?? Math.ceil(chunk.bytes / BYTES_PER_ROW)
    const group = groups.at(-1)
    if (
      group === undefined ||
      group.length >= size.chunks ||
      rows + chunkRows > size.rows ||
      bytes + chunk.bytes > size.bytes
    ) {
      groups.push([chunk])
      rows = 0
      bytes = 0
    } else {
      group.push(chunk)
    }
    rows += chunkRows
    bytes += chunk.bytes
  }
  return groups.map((group, task) => ({ task, chunks: group, isHot: false }))
}
