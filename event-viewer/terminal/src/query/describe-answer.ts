import type { VehicleOutcome } from '@fleetlake/hub'
import { humanBytes, humanCount, humanDuration, plural } from '../terminal/human.ts'
import { INTERRUPTED } from '../terminal/interrupt.ts'

/** What a script can tell an answer by: 0 only when nothing that was asked for is missing. */
export const EXIT_CODES: Record<VehicleOutcome['status'], number> = {
  complete: 0,
  'limit-reached': 0,
  refused: 1,
  partial: 3,
  'timed-out': 4,
  cancelled: INTERRUPTED,
}

/** How an answer ended, in a sentence; of one that is not complete also what is missing. */
export const describeAnswer = ({ status, reason, rows, vehicles, stats }: VehicleOutcome): string => {
  const found = `${plural(rows, 'position')} of ${plural(vehicles, 'vehicle')}`
  const because = reason === undefined ? '' : `: ${reason}`
  const work = stats === undefined ? '' : `; ${workOf(stats)}`
  switch (status) {
    case 'complete':
      return `complete: ${found}${work}`
    case 'limit-reached':
      return `limit reached: ${found}, there may be more${work}`
    case 'timed-out':
      return `timed out: ${found} so far, some are missing; ask for less, or give it longer with --timeout${work}`
    case 'cancelled':
      return `cancelled: ${found} so far, some are missing${work}`
    case 'refused':
      return `refused${because}`
    case 'partial':
      return `partial: ${found}, some are missing${because}${work}`
  }
}

const workOf = ({ files, bytes, elapsedMs }: NonNullable<VehicleOutcome['stats']>): string =>
  `${humanCount(files.read)} of ${plural(files.total, 'chunk')} read (${humanBytes(bytes.read)}) in ${humanDuration(elapsedMs)}`
