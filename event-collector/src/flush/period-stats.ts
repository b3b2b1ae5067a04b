import type { MessageInput } from '@fleetlake/contracts'
import type { Flushed } from './flush.ts'

export interface PeriodStatsOptions {
  readonly collector: string
  readonly windowMs: number
  readonly now: number
}

/** The latest: a message has an end, and an import may hold years. */
const MOST_WINDOWS = 1_000

const instant = (ms: number): string => new Date(ms).toISOString()

/** What a flush added to the table, per window. */
export const periodStatsOf = (
  { version, committed, written }: Flushed,
  { collector, windowMs, now }: PeriodStatsOptions,
): MessageInput<'aggregatePeriodStats'> => {
  const byWindow = Map.groupBy(written, ({ windowFrom }) => windowFrom)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    collector,
    version: version!,
    committedAt: instant(now),
    partitions: committed.map(({ partition }) => partition).toSorted((a, b) => a - b),
    rows: sum(written.map(({ rows }) => rows)),
    bytes: sum(written.map(({ bytes }) => bytes)),
    files: written.length,
    deadRows: sum(committed.map(({ deadRows }) => deadRows)),
    lagMs: Math.max(0, ...committed.map(({ fromTimestampMs }) => now - (fromTimestampMs ?? now))),
    windows: [...byWindow]
      .toSorted(([a], [b]) => a - b)
      .slice(-MOST_WINDOWS)
      .map(([from, chunks]) => ({
        from: instant(from),
        to: instant(from + windowMs),
        rows: sum(chunks.map(({ rows }) => rows)),
        vehicles: new Set(chunks.flatMap(({ vehicles }) => vehicles)).size,
        cells: new Set(chunks.map(({ cell }) => cell)).size,
        bytes: sum(chunks.map(({ bytes }) => bytes)),
        files: chunks.length,
      })),
  }
}
