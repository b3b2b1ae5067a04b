import type { UsedPrices } from './cost/used-prices.ts'
import type { Estimate } from './estimate.ts'
import { notLookedUp } from './prices/own-prices.ts'
import type { PriceList } from './prices/price.ts'

export type Unit =
  | 'events/s'
  | 'events'
  | 'cells'
  | 'files'
  | 'commits'
  | 'bytes'
  | 'bytes/s'
  | 'requests'
  | 's'
  | 'cores'
  | 'machines'
  | 'USD'

/** A number of an estimate, for tables and files of columns. */
export interface EstimateLine {
  readonly part: 'events' | 'archive' | 'hub' | 'requests a day' | 'machines' | 'cost' | 'other services'
  readonly name: string
  readonly value: number
  readonly unit: Unit
  /** It rests upon a price that was not looked up. */
  readonly isUnsure?: true
}

/** The names of the prices that an estimate rests upon and that were not looked up, in the list's order. */
export const unsureOf = (
  { costs, alternatives }: Pick<Estimate, 'costs' | 'alternatives'>,
  list: PriceList,
): string[] => {
  const used = new Set([
    ...costs.flatMap(({ prices: { firstMonth, lastMonth } }) => [firstMonth, lastMonth].flatMap(allOf)),
    ...alternatives.flatMap(({ prices }) => prices.map((price) => `services.${price}`)),
  ])
  return notLookedUp(list).filter((price) => used.has(price))
}

const allOf = (used: UsedPrices): string[] => Object.values(used).flat()

/** The numbers of an estimate in the order in which people read them. */
export const linesOf = (
  { fleet, flow, archive, projections, hub, requests, machines, costs, alternatives }: Estimate,
  list: PriceList,
): EstimateLine[] => {
  const unsure = new Set(notLookedUp(list))
  const marked = (prices: readonly string[]): Pick<EstimateLine, 'isUnsure'> =>
    prices.some((price) => unsure.has(price)) ? { isUnsure: true } : {}
  const years = `${fleet.years} years`
  return [
    { part: 'events', name: 'over a day', value: flow.eventsPerSecond, unit: 'events/s' },
    { part: 'events', name: 'at the peak', value: flow.peakEventsPerSecond, unit: 'events/s' },
    { part: 'events', name: 'a day', value: flow.eventsPerDay, unit: 'events' },
    { part: 'events', name: `in ${years}`, value: flow.events, unit: 'events' },
    { part: 'archive', name: 'cells', value: flow.cells, unit: 'cells' },
    { part: 'archive', name: 'files a day, before compaction', value: archive.landedFilesPerDay, unit: 'files' },
    { part: 'archive', name: 'files a day, after compaction', value: archive.filesPerDay, unit: 'files' },
    { part: 'archive', name: 'positions a file, before compaction', value: archive.rowsPerLandedFile, unit: 'events' },
    { part: 'archive', name: 'positions a file, after compaction', value: archive.rowsPerFile, unit: 'events' },
    { part: 'archive', name: 'commits a day', value: archive.commitsPerDay, unit: 'commits' },
    { part: 'archive', name: 'size of a position', value: archive.bytesPerPosition, unit: 'bytes' },
    { part: 'archive', name: 'size of a day', value: archive.bytesPerDay, unit: 'bytes' },
    { part: 'archive', name: 'merged files that wait for their deletion', value: archive.graceBytes, unit: 'bytes' },
    { part: 'archive', name: `files after ${years}`, value: archive.files, unit: 'files' },
    { part: 'archive', name: `size after ${years}`, value: archive.bytes, unit: 'bytes' },
    { part: 'archive', name: `presence after ${years}`, value: projections.bytes, unit: 'bytes' },
    {
      part: 'archive',
      name: 'merged files of presence and latest that wait',
      value: projections.graceBytes,
      unit: 'bytes',
    },
    { part: 'hub', name: 'intake at the peak', value: hub.bytesPerSecond, unit: 'bytes/s' },
    { part: 'hub', name: 'in the streams', value: hub.bytes, unit: 'bytes' },
    { part: 'hub', name: 'time that the streams bridge', value: hub.patienceSeconds, unit: 's' },
    { part: 'requests a day', name: 'PUT', value: requests.put, unit: 'requests' },
    { part: 'requests a day', name: 'GET', value: requests.get, unit: 'requests' },
    { part: 'requests a day', name: 'LIST', value: requests.list, unit: 'requests' },
    ...machines.services.flatMap(({ service, count, cores, memoryBytes }): EstimateLine[] => [
      { part: 'machines', name: `${service} × ${count}, cores of all`, value: cores * count, unit: 'cores' },
      { part: 'machines', name: `${service} × ${count}, memory of all`, value: memoryBytes * count, unit: 'bytes' },
    ]),
    { part: 'machines', name: 'disk of each server of the hub', value: machines.hubDiskBytes, unit: 'bytes' },
    { part: 'machines', name: 'network at the peak', value: machines.networkBytesPerSecond, unit: 'bytes/s' },
    { part: 'machines', name: 'of 2 cores and 8 GiB, with room', value: machines.nodes, unit: 'machines' },
    ...costs.flatMap(({ name, firstMonth, lastMonth, total, prices }): EstimateLine[] => {
      const line = (what: string, value: number, used: readonly string[]): EstimateLine => ({
        part: 'cost',
        name: `${name}: ${what}`,
        value,
        unit: 'USD',
        ...marked(used),
      })
      return [
        line('first month', firstMonth.total, allOf(prices.firstMonth)),
        line('last month', lastMonth.total, allOf(prices.lastMonth)),
        line('of the last month, storage', lastMonth.storage, prices.lastMonth.storage),
        line('of the last month, requests', lastMonth.requests, prices.lastMonth.requests),
        line(years, total.total, allOf(prices.lastMonth)),
      ]
    }),
    ...alternatives.map(({ name, usdPerMonth, prices }): EstimateLine => ({
      part: 'other services',
      name: `${name}, a month`,
      value: usdPerMonth,
      unit: 'USD',
      ...marked(prices.map((price) => `services.${price}`)),
    })),
  ]
}
