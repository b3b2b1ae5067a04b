import type { PartitionStand } from './lag-of.ts'

export interface CollectorHealth {
  /** A flush went well, or why it did not. */
  tried(fault: string | undefined): void
  /** What keeps the collector from its work, a sentence; undefined when nothing does. */
  fault(): string | undefined
}

export interface HealthOptions {
  readonly stands: () => readonly PartitionStand[]
  /** Of a clock that only goes on. */
  readonly now: () => number
}

/** A partition that came just now is read in a moment. */
const UNREAD_MS = 10_000

/** Whether positions that are acknowledged come into the table: every partition is read from its offset, and flushes do not fail. */
export const createCollectorHealth = ({ stands, now }: HealthOptions): CollectorHealth => {
  let fault: string | undefined
  /** When each partition was first seen unread. */
  const unreadSince = new Map<number, number>()

  const unread = (): string | undefined => {
    const nowMs = now()
    const partitions = stands()
      .filter(({ committed }) => committed === undefined)
      .map(({ partition }) => partition)
    for (const known of unreadSince.keys()) if (!partitions.includes(known)) unreadSince.delete(known)
    for (const partition of partitions) if (!unreadSince.has(partition)) unreadSince.set(partition, nowMs)
    const late = partitions.filter((partition) => nowMs - unreadSince.get(partition)! >= UNREAD_MS)
    return late.length === 0 ? undefined : `partitions are not read, and the log says why: ${late.join(', ')}`
  }
  return {
    tried: (why) => {
      fault = why === undefined ? undefined : `positions can not be archived: ${why}`
    },
    fault: () => fault ?? unread(),
  }
}
