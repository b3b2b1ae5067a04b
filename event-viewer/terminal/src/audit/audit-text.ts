import type { SearchFacts } from '@fleetlake/archive'
import { csvCell, humanCount, humanTime, plainDuration } from '@fleetlake/viewer-core'
import { renderTable } from '../terminal/render-table.ts'

const rounded = (degrees: number): string => String(Math.round(degrees * 1e4) / 1e4)

const areaText = ({ bounds, corners = 0, areas, isAround }: SearchFacts): string => {
  if (areas !== undefined)
    return `${isAround === true ? 'around ' : ''}${areas.map(({ name, version }) => `${name} (version ${version})`).join(', ')}`
  return bounds === undefined
    ? ''
    : `${[bounds.west, bounds.south, bounds.east, bounds.north].map(rounded).join(',')}${corners > 5 ? ` (${humanCount(corners)} positions)` : ''}`
}

const MOST_NAMED = 3

const listText = (what: string, texts: readonly string[] = [], count = 0): string[] => {
  if (count === 0) return []
  const named = texts.slice(0, MOST_NAMED).join(' ')
  return [`${what} ${named}${count > MOST_NAMED ? ` and ${humanCount(count - MOST_NAMED)} more` : ''}`]
}

const periodText = ({ from, to }: SearchFacts): string =>
  from === undefined || to === undefined
    ? ''
    : `${humanTime(Date.parse(from))} for ${plainDuration(Date.parse(to) - Date.parse(from))}`

const whatText = (facts: SearchFacts): string => {
  if (facts.kind === 'export') return `export as ${facts.format}`
  if (facts.kind === 'unreadable') return `unreadable: ${facts.reason}`
  return [
    ...listText('ids', facts.vehicleIds, facts.ids),
    ...listText('types', facts.vehicleTypes, facts.types),
    ...(facts.where === undefined ? [] : [`where ${facts.where}`]),
    ...(facts.select === undefined ? [] : [`with ${facts.select.join(' ')}`]),
    ...(facts.limit === undefined ? [] : [`at most ${humanCount(facts.limit)}`]),
  ].join('; ')
}

const endText = ({ kind, status, exports = 0 }: SearchFacts): string =>
  kind === 'search' ? `${status ?? 'not ended'}${exports === 0 ? '' : `, exported ${exports} ×`}` : ''

const HEAD = ['when', 'person', 'query', 'area', 'period', 'what', 'found', 'end']

/** Lines of a table. */
export const linesOfSearches = (searches: readonly SearchFacts[]): string[] =>
  renderTable([
    HEAD,
    ...searches.map((facts) => [
      humanTime(Date.parse(facts.at)),
      facts.person,
      facts.query ?? '',
      areaText(facts),
      periodText(facts),
      whatText(facts),
      facts.rows === undefined ? '' : humanCount(facts.rows),
      endText(facts),
    ]),
  ])

const COLUMNS = [
  'kind',
  'at',
  'person',
  'query',
  'west',
  'south',
  'east',
  'north',
  'corners',
  'area',
  'areas',
  'from',
  'to',
  'types',
  'vehicleTypes',
  'ids',
  'vehicleIds',
  'select',
  'where',
  'limit',
  'status',
  'rows',
  'elapsedMs',
  'exports',
  'format',
  'reason',
] as const

export const CSV_HEAD = COLUMNS.join(',')

const cellOf = (value: unknown): string => {
  if (value === undefined) return ''
  return csvCell(typeof value === 'string' ? value : JSON.stringify(value))
}

/** A line as RFC 4180 has it; lists and areas are JSON. */
export const csvLineOf = ({ bounds, ...facts }: SearchFacts): string => {
  const values: Readonly<Record<string, unknown>> = { ...bounds, ...facts }
  return COLUMNS.map((name) => cellOf(values[name])).join(',')
}
