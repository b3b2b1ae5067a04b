import { humanCount, humanTime, plural } from '@fleetlake/viewer-core'
import { printableInLine } from '@fleetlake/core'
import type { ImportTally } from './import-rows.ts'

/** How an import ended. */
export interface ImportOutcome {
  readonly tally: ImportTally
  ambiguousTimes: number
  /** Columns of the input that nothing was read from. */
  leftOut: ReadonlySet<string>
  status: 'complete' | 'stopped'
  /** Rows that are known to be in the hub. */
  stored: number
  /** Whether the table is known to hold it all. */
  archived: boolean
  readonly isDryRun: boolean
}

/** For machines and for people. */
export const describeImport = ({
  tally,
  ambiguousTimes,
  leftOut,
  status,
  stored,
  archived,
  isDryRun,
}: ImportOutcome): { object: unknown; text: string } => {
  const { rows, rejected, reasons, vehicles, period, bounds, measures } = tally
  const object = {
    status,
    dryRun: isDryRun,
    archived,
    rows,
    stored,
    rejected,
    reasons,
    vehicles,
    measures,
    from: period === undefined ? null : new Date(period.from).toISOString(),
    to: period === undefined ? null : new Date(period.to).toISOString(),
    bbox: bounds ?? null,
    ambiguousTimes,
    leftOut: [...leftOut],
  }
  const place = isDryRun
    ? 'nothing was stored'
    : archived
      ? 'all of them archived'
      : stored === rows
        ? 'in the hub, not yet known to be archived'
        : `${humanCount(stored)} of them known to be in the hub`
  const verb = isDryRun ? '' : stored === rows ? ' imported' : ' read'
  if (rows === 0 && rejected === 0 && status === 'complete')
    return { object, text: 'no rows in the input: nothing was imported' }
  const lines = [
    `${status === 'stopped' ? 'stopped: ' : ''}${plural(rows, isDryRun ? 'good row' : 'row')}${verb}, ${place}`,
  ]
  if (rejected > 0) {
    const listed = Object.entries(reasons)
      .toSorted((a, b) => b[1] - a[1])
      .map(([reason, count]) => `${reason} ${humanCount(count)}`)
    lines.push(`${plural(rejected, 'row')} rejected: ${listed.join(', ')}`)
  }
  if (period !== undefined && bounds !== undefined) {
    lines.push(
      `${plural(vehicles, 'vehicle')}, ${humanTime(period.from)} to ${humanTime(period.to)}, within ${bounds.join(',')}`,
    )
  }
  const beside = Object.entries(measures)
  if (beside.length > 0)
    lines.push(`measures: ${beside.map(([name, count]) => `${name} in ${plural(count, 'row')}`).join(', ')}`)
  if (ambiguousTimes > 0) {
    lines.push(
      `${plural(ambiguousTimes, 'time')} fell into an hour that the end of daylight saving repeats: the first of the two hours was used`,
    )
  }
  if (leftOut.size > 0) lines.push(leftOutText([...leftOut]))
  return { object, text: lines.join('\n') }
}

const MOST_NAMED = 20

const leftOutText = (names: readonly string[]): string => {
  const named = names.slice(0, MOST_NAMED).map((name) => `"${printableInLine(name).slice(0, 80)}"`)
  const more = names.length > MOST_NAMED ? ` and ${humanCount(names.length - MOST_NAMED)} more` : ''
  return `${plural(names.length, 'column')} of the input left out: ${named.join(', ')}${more}; to import one, use --columns <measure>=<column>`
}
