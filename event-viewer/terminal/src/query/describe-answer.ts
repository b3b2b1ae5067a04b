import type { Message } from '@fleetlake/contracts'
import { humanBytes, humanCount, humanDuration, plural } from '../terminal/human.ts'
import { INTERRUPTED } from '../terminal/interrupt.ts'

export type AnswerStats = Message<'vehicleQueryResultStats'>

/** What a script can tell an answer by: 0 only when nothing that was asked for is missing. */
export const EXIT_CODES: Record<AnswerStats['status'], number> = {
  complete: 0,
  'limit-reached': 0,
  refused: 1,
  partial: 3,
  'timed-out': 4,
  cancelled: INTERRUPTED,
}

/** How an answer ended, in a sentence; of a partial one also what is missing. */
export const describeAnswer = (stats: AnswerStats): string => {
  const { rows, files, bytes, elapsedMs } = stats
  const found = plural(rows.selected, 'position')
  const work = `${humanCount(files.read)} of ${plural(files.total, 'chunk')} read (${humanBytes(bytes.read)}), ${humanDuration(elapsedMs)}`
  switch (stats.status) {
    case 'complete':
      return `complete: ${found}; ${work}`
    case 'limit-reached':
      return `limit reached: the first ${found} that were found, there may be more; ${work}`
    case 'timed-out':
      return `timed out: ${found} so far, some are missing; ask for less or give it longer with --timeout; ${work}`
    case 'cancelled':
      return `cancelled: ${found} so far, some are missing; ${work}`
    case 'refused':
      return `refused: ${stats.error ?? 'the finder does not say why'}`
    case 'partial':
      return `partial: ${found}, some are missing${missing(stats)}; ${work}`
  }
}

const missing = ({ failed, error }: AnswerStats): string => {
  const because = error === undefined ? '' : `: ${error}`
  if (failed.length === 0) return because
  const shown = failed.slice(0, 3).map(({ path, reason }) => `${path} (${reason})`)
  const more = failed.length > shown.length ? ` and ${failed.length - shown.length} more` : ''
  return `${because}: ${plural(failed.length, 'chunk')} could not be read: ${shown.join(', ')}${more}`
}
