/** A chunk that a search has to read. */
export interface PlannedChunk {
  /** Within the store. */
  readonly path: string
  readonly bytes: number
  /** As the log tells; undefined when it has no stats. */
  readonly rows: number | undefined
  /** All its rows lie in the area. */
  readonly inside: boolean
}

export interface PlannedTask {
  /** From 0, oldest first. */
  readonly task: number
  readonly chunks: readonly PlannedChunk[]
}

export interface TaskSize {
  /** A task is closed when it reaches either: some tens of milliseconds of work. */
  readonly rows: number
  readonly chunks: number
}

/** A chunk without stats is taken for this many rows. */
const UNKNOWN_ROWS = 50_000

/**
 * Groups chunks into tasks, in their order. Law: every chunk is in exactly one task.
 * A chunk that lies wholly in the area shares no task with one that does not: the first kind skips the test of each point.
 */
export const planTasks = (chunks: readonly PlannedChunk[], size: TaskSize): PlannedTask[] => {
  const groups: PlannedChunk[][] = []
  let rows = 0
  for (const chunk of chunks) {
    const group = groups.at(-1)
    const isFull =
      group === undefined || rows >= size.rows || group.length >= size.chunks || group[0].inside !== chunk.inside
    if (isFull) {
      groups.push([chunk])
      rows = 0
    } else {
      group.push(chunk)
    }
    rows += chunk.rows ?? UNKNOWN_ROWS
  }
  return groups.map((group, task) => ({ task, chunks: group }))
}
