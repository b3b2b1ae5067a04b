import type { LabelsOf } from '@fleetlake/contracts'
import type { Metrics } from '@fleetlake/service'
import type { Flushed } from '../flush/flush.ts'
import type { LostMessages } from '../lane/batch.ts'
import type { DeadLetter } from '../lane/dead-letters.ts'

/** Told what a collector does; nothing depends on it. */
export interface CollectorMeter {
  /** A message was read that holds so many positions. */
  took(partition: number, rows: number): void
  flushed(flushed: Flushed, seconds: number): void
  committed(seconds: number): void
  conflicted(): void
  lost(losses: readonly LostMessages[]): void
  /** Positions of a message of a partition, on average over the last ones; undefined before the first. */
  rowsPerMessage(partition: number): number | undefined
}

/** After so many messages what was before counts half: what a fleet sends changes. */
const MOST_MESSAGES = 1_024

type LetterReason = LabelsOf<'fleetlake_dead_letters_total'>['reason']

/** A letter without positions is a message that could not be read. */
const reasonOfLetter = ({ headers }: DeadLetter): LetterReason =>
  headers['fleet-rows'] === '0' ? 'unreadable' : (headers['fleet-reason'] as LetterReason)

/** How many messages; what is not known counts 1, so that it is seen. */
const messagesIn = ({ from, to = from }: LostMessages): number => to - from + 1

/** Counts once for each message and each flush, never for each position. */
export const createCollectorMeter = (metrics: Metrics): CollectorMeter => {
  const taken = new Map<number, { rows: number; messages: number }>()
  let rowsTaken = 0
  metrics.onScrape(() => metrics.raise('fleetlake_collected_rows_total', rowsTaken))
  const lost = (losses: readonly LostMessages[]): void => {
    for (const loss of losses) metrics.add('fleetlake_lost_messages_total', messagesIn(loss))
  }
  return {
    took: (partition, rows) => {
      const sum = taken.get(partition) ?? { rows: 0, messages: 0 }
      if (sum.messages === 0) taken.set(partition, sum)
      if (sum.messages >= MOST_MESSAGES) {
        sum.rows /= 2
        sum.messages /= 2
      }
      sum.rows += rows
      sum.messages++
      rowsTaken += rows
    },
    flushed: ({ committed, written }, seconds) => {
      metrics.observe('fleetlake_flush_seconds', seconds)
      for (const { rows, bytes } of written) {
        metrics.add('fleetlake_archived_rows_total', rows)
        metrics.add('fleetlake_archived_bytes_total', bytes)
      }
      metrics.add('fleetlake_archived_files_total', written.length)
      for (const { letters, losses } of committed) {
        lost(losses)
        for (const letter of letters) metrics.add('fleetlake_dead_letters_total', 1, { reason: reasonOfLetter(letter) })
      }
    },
    committed: (seconds) => metrics.observe('fleetlake_commit_seconds', seconds),
    conflicted: () => metrics.add('fleetlake_commit_conflicts_total', 1),
    lost,
    rowsPerMessage: (partition) => {
      const sum = taken.get(partition)
      return sum === undefined ? undefined : sum.rows / sum.messages
    },
  }
}
