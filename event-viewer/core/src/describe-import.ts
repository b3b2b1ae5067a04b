import type { ImportResult, Mapping } from '@fleetlake/intake'
import { describeStay, printableInLine } from '@fleetlake/core'
import { humanCount, humanTime, plural } from './human.ts'

export interface Described {
  readonly isDryRun: boolean
  /** Whether the archive was waited for. */
  readonly wait: boolean
  readonly retentionMs: number
  readonly nowMs: number
}

/**
 * The mapping that is used and the first rows as they are read, for people.
 * @param advice how a field that is left out is imported, in words of the place where this is read
 */
export const mappingText = ({ file, format, lines, first, leftOut }: Mapping, advice: string): string =>
  [
    `${file} is read as ${format}:`,
    ...lines.map((line) => `  ${line}`),
    ...(leftOut.length === 0 ? [] : [`  ${leftOutText(leftOut)}; ${advice}`]),
    'The first rows:',
    ...first.map(
      (row) =>
        `  ${Object.entries(row)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')}`,
    ),
  ]
    .map(printableInLine)
    .join('\n')

/** What is odd of rows that were taken all the same; others are counts of optional values that were left out. */
const DOUBTS: Readonly<Record<string, string>> = {
  implausible: 'farther from the row before than such a vehicle drives (implausible), kept all the same',
  'epoch-1970': 'with a time on 1970-01-01, as clocks have that were never set',
  'epoch-gps': 'with a time on 1980-01-06, as receivers have that know no time yet',
  'gps-week-rollover':
    'with a time 19.6 years or a multiple of it too early, as receivers have that lost count of GPS weeks',
}

/** For machines and for people. */
export const describeImport = (
  result: ImportResult,
  { isDryRun, wait, retentionMs, nowMs }: Described,
): { object: unknown; text: string } => {
  const { job, status, tally, stored, archived, files, filesDone, filesFailed, mappings, ambiguousTimes, resumed } =
    result
  const { rows, refused, reasons, doubts, vehicles, measures, from, to, west, south, east, north } = tally
  const isAny = rows > 0
  const object = {
    job,
    status,
    dryRun: isDryRun,
    archived,
    files,
    filesDone,
    filesFailed,
    rows,
    stored,
    rejected: refused,
    reasons,
    doubts,
    vehicles,
    measures,
    from: isAny ? new Date(from).toISOString() : null,
    to: isAny ? new Date(to).toISOString() : null,
    bbox: isAny ? [west, south, east, north] : null,
    ambiguousTimes,
    stay: isAny ? describeStay({ from, to }, { retentionMs, nowMs }) : null,
    resumedAfter: resumed?.rows ?? null,
    mappings,
    leftOut: [...new Set(mappings.flatMap(({ leftOut }) => leftOut))],
  }
  if (rows === 0 && refused === 0 && status === 'complete' && filesFailed === 0)
    return { object, text: 'no rows in the input: nothing was imported' }
  const place = isDryRun
    ? 'nothing was stored'
    : archived
      ? 'all of them archived'
      : stored === rows
        ? `in the hub, ${wait ? 'not yet known to be archived' : 'archived soon'}`
        : `${humanCount(stored)} of them known to be in the hub`
  const verb = isDryRun ? '' : stored === rows ? ' imported' : ' read'
  const lines = [
    `${status === 'stopped' ? 'stopped: ' : ''}${plural(rows, isDryRun ? 'good row' : 'row')}${verb}, ${place}`,
  ]
  if (status === 'stopped' && !isDryRun) lines.push('the same import, made again, goes on behind what is surely stored')
  if (files > 1 || filesFailed > 0)
    lines.push(
      `${filesDone < files ? `${humanCount(filesDone)} of ${plural(files, 'file')} read` : plural(files, 'file')}${filesFailed === 0 ? '' : `, ${humanCount(filesFailed)} of which could not be read to the end`}`,
    )
  if (refused > 0) {
    const listed = Object.entries(reasons)
      .toSorted((a, b) => b[1] - a[1])
      .map(([reason, count]) => `${reason} ${humanCount(count)}`)
    lines.push(`${plural(refused, 'row')} rejected: ${listed.join(', ')}`)
  }
  if (isAny)
    lines.push(
      `${resumed?.knowsVehicles === false ? 'at least ' : ''}${plural(vehicles, 'vehicle')}, ${humanTime(from)} to ${humanTime(to)}, within ${[west, south, east, north].join(',')}`,
    )
  if (isAny && to < nowMs - OLD_MS) lines.push(describeStay({ from, to }, { retentionMs, nowMs }))
  for (const [doubt, count] of Object.entries(doubts).toSorted((a, b) => b[1] - a[1]))
    lines.push(
      `${plural(count, 'row')} ${DOUBTS[doubt] ?? `without an optional value that could not be read (${doubt})`}`,
    )
  const beside = Object.entries(measures)
  if (beside.length > 0)
    lines.push(`measures: ${beside.map(([name, count]) => `${name} in ${plural(count, 'row')}`).join(', ')}`)
  if (ambiguousTimes > 0) {
    lines.push(
      `${plural(ambiguousTimes, 'time')} fell into an hour that the end of daylight saving repeats: the first of the two hours was used`,
    )
  }
  return { object, text: lines.join('\n') }
}

/** Rows that are older than this are told how long they stay. */
const OLD_MS = 30 * 86_400_000

const MOST_NAMED = 20

const leftOutText = (names: readonly string[]): string => {
  const named = names.slice(0, MOST_NAMED).map((name) => `"${name.slice(0, 80)}"`)
  const more = names.length > MOST_NAMED ? ` and ${humanCount(names.length - MOST_NAMED)} more` : ''
  return `left out: ${named.join(', ')}${more}`
}
