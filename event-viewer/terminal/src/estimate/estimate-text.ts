import { type Estimate, linesOf, type PriceList, type Unit, unsureOf } from '@fleetlake/event-estimator'
import { csvCell, humanBytes, humanCount, humanDuration } from '@fleetlake/viewer-core'
import { renderTable } from '../terminal/render-table.ts'

const dollars = (value: number): string => `$${value < 100 ? value.toFixed(2) : humanCount(value)}`

const some = (value: number): string => (value < 100 ? String(Number(value.toPrecision(3))) : humanCount(value))

const WRITTEN: Readonly<Record<Unit, (value: number) => string>> = {
  'events/s': (value) => `${some(value)}/s`,
  events: humanCount,
  cells: humanCount,
  files: humanCount,
  commits: humanCount,
  bytes: (value) => (value < 1_024 ? `${some(value)} B` : humanBytes(value)),
  'bytes/s': (value) => `${humanBytes(value)}/s`,
  requests: humanCount,
  s: (value) => humanDuration(value * 1_000),
  cores: some,
  machines: humanCount,
  USD: dollars,
}

/** An estimate for people: its numbers, what comes to its end, and what is not sure. */
export const linesOfEstimate = (estimate: Estimate, prices: PriceList): string[] => {
  let last = ''
  const rows = linesOf(estimate, prices).map(({ part, name, value, unit, isUnsure }) => {
    const begins = part === last ? '' : part
    last = part
    return [begins, name, `${WRITTEN[unit](value)}${isUnsure ? ' *' : ''}`]
  })
  const unsure = unsureOf(estimate, prices)
  return [
    ...renderTable(rows),
    '',
    ...(estimate.limits.length === 0 ? ['nothing comes near its limit'] : []),
    ...estimate.limits.map(
      ({ what, load, advice }) =>
        `${load >= 1 ? 'too much for' : 'near its limit:'} ${what} (${Math.round(load * 100)} %); ${advice}`,
    ),
    `prices of ${prices.date}, on demand, without tax`,
    ...(unsure.length === 0 ? [] : [`* rests on prices that were not looked up: ${unsure.join(', ')}`]),
  ]
}

/** The numbers as CSV, one a line. */
export const csvOfEstimate = (estimate: Estimate, prices: PriceList): string[] => [
  'part,name,value,unit,rests on prices not looked up',
  ...linesOf(estimate, prices).map(({ part, name, value, unit, isUnsure = false }) =>
    [part, name, String(value), unit, String(isUnsure)].map(csvCell).join(','),
  ),
]

/** For machines: all but what compaction makes file by file. */
export const jsonOfEstimate = (estimate: Estimate, prices: PriceList): string => {
  const { merged, reread, ...archive } = estimate.archive
  const count = (files: typeof merged): number => files.reduce((total, each) => total + each.count, 0)
  return JSON.stringify({
    ...estimate,
    archive: { ...archive, mergesPerCellAndDay: count(merged), rereadsPerCellAndDay: count(reread) },
    prices,
    notLookedUp: unsureOf(estimate, prices),
  })
}
