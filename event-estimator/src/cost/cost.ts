import type { Fleet } from '../fleet.ts'
import type { Machines } from '../machines/machines.ts'
import { bytesOfUnit, type Provider } from '../prices/price.ts'
import type { ArchiveVolume } from '../volume/archive.ts'
import type { ProjectionVolume } from '../volume/projections.ts'
import type { Requests } from '../volume/requests.ts'
import { storageCost } from './storage-cost.ts'
import { type UsedPrices, usedPrices } from './used-prices.ts'

export interface Bill {
  readonly storage: number
  readonly requests: number
  readonly machines: number
  readonly disks: number
  readonly total: number
}

export interface Cost {
  readonly provider: Provider['id']
  readonly name: string
  readonly region: string
  /** Dollars of the first month, and of the last of the time that positions are kept: from then on the archive grows no more. */
  readonly firstMonth: Bill
  readonly lastMonth: Bill
  /** Of the whole time. */
  readonly total: Bill
  /** Dollars of the whole time, by the million positions. */
  readonly perMillion: number
  /** The names of the prices that the first month rests upon, and those of the last month, and so of the whole time. */
  readonly prices: { readonly firstMonth: UsedPrices; readonly lastMonth: UsedPrices }
}

const HOURS_PER_MONTH = 730
const DAYS_PER_MONTH = 365.25 / 12
const THOUSAND = 1_000

const billOf = (parts: Omit<Bill, 'total'>): Bill => ({
  ...parts,
  total: parts.storage + parts.requests + parts.machines + parts.disks,
})

const monthOf = (
  { tiers, node, cluster, disk }: Provider,
  { fleet, archive, projections, requests, machines }: Priced,
  month: number,
): Bill => {
  const [young] = tiers
  const { put, get, list } = requests
  return billOf({
    storage: storageCost(tiers, { archive, projections }, { month, kept: fleet.years * 12 }),
    // Of a searched position's age nothing is known: as if all were young.
    requests: (DAYS_PER_MONTH / THOUSAND) * ((put + list) * young.puts.usd + get * young.gets.usd),
    machines: HOURS_PER_MONTH * (machines.nodes * node.usd + cluster.usd),
    disks: (fleet.replicas * machines.hubDiskBytes * disk.usd) / bytesOfUnit(disk),
  })
}

export interface Priced {
  readonly fleet: Fleet
  readonly archive: ArchiveVolume
  readonly projections: ProjectionVolume
  readonly requests: Requests
  readonly machines: Machines
}

/** What a deployment costs in the first month, in the last, and in all. */
export const costOf = (provider: Provider, priced: Priced, events: number): Cost => {
  const kept = priced.fleet.years * 12
  const months = Math.max(1, Math.round(kept))
  const bills = Array.from({ length: months }, (_, i) => monthOf(provider, priced, i + 1))
  const sum = (of: keyof Bill): number => bills.reduce((total, bill) => total + bill[of], 0)
  const total = billOf({
    storage: sum('storage'),
    requests: sum('requests'),
    machines: sum('machines'),
    disks: sum('disks'),
  })
  const { id, name, region } = provider
  return {
    provider: id,
    name,
    region,
    firstMonth: bills[0],
    lastMonth: bills.at(-1)!,
    total,
    perMillion: (total.total / events) * 1e6,
    prices: {
      firstMonth: usedPrices(provider, { month: 1, kept }),
      lastMonth: usedPrices(provider, { month: months, kept }),
    },
  }
}
