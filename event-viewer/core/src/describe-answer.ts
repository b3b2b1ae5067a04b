import type { VehicleOutcome } from '@fleetlake/hub'
import { humanBytes, humanCount, humanDuration, plural } from './human.ts'

/** How an answer ended, in a sentence; of one that is not complete also what is missing. What is to be known beside it follows. */
export const describeAnswer = (outcome: VehicleOutcome): string =>
  [endingOf(outcome), ...areasOf(outcome.stats), ...(outcome.stats?.notes ?? [])].join('; ')

/** Which areas of the registry were searched, as they were. */
const areasOf = (stats: VehicleOutcome['stats']): string[] =>
  stats?.areas === undefined
    ? []
    : [`searched in ${stats.areas.map(({ name, version }) => `${name} (version ${version})`).join(', ')}`]

const endingOf = ({ status, reason, rows, vehicles, stats }: VehicleOutcome): string => {
  const found = `${plural(rows, 'position')} of ${plural(vehicles, 'vehicle')}`
  const because = reason === undefined ? '' : `: ${reason}`
  const work = stats === undefined ? '' : workOf(stats)
  switch (status) {
    case 'complete':
      return `complete: ${found}${work}${stats?.hint === undefined ? '' : `; ${stats.hint}`}${beforeOf(rows, stats)}`
    case 'limit-reached':
      return `limit reached: ${found}, there may be more${work}`
    case 'timed-out':
      // No finder has answered: neither a smaller search nor more time would change that.
      if (reason !== undefined) return `timed out${because}${work}`
      return `timed out: ${found} so far, some are missing; search a smaller area or period, or raise the time limit${work}`
    case 'cancelled':
      return `cancelled: ${found} so far, some are missing${work}`
    case 'refused':
      return `refused${because}`
    case 'partial':
      return `partial: ${found}, some are missing${because}${work}`
  }
}

/** Of nothing found in a period of which the archive holds a part: nothing was known of the rest. */
const beforeOf = (rows: number, stats: VehicleOutcome['stats']): string =>
  rows > 0 || stats?.unknownBefore === undefined
    ? ''
    : `; the archive begins on ${stats.unknownBefore}: earlier positions are not known`

const workOf = ({ files, bytes, hot, elapsedMs }: NonNullable<VehicleOutcome['stats']>): string => {
  // Last positions are found in memory, and an archive may have no file yet.
  const chunks =
    files.total === 0
      ? []
      : [`${humanCount(files.read)} of ${plural(files.total, 'data file')} read (${humanBytes(bytes.read)})`]
  const fresh = hot.rows === 0 ? [] : [`${plural(hot.rows, 'position')} that are not archived yet,`]
  const parts = [...chunks, ...fresh]
  return `${parts.length === 0 ? '' : `; ${parts.join(', ')}`} in ${humanDuration(elapsedMs)}`
}
