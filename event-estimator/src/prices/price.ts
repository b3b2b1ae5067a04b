/** A price in US dollars without tax. */
export interface Price {
  readonly usd: number
  /** What it is paid for. */
  readonly per: string
  /** Where it was read; undefined when it was not looked up but is what is generally known. */
  readonly source?: string
  /** When the source says that it holds, as exactly as it says so. */
  readonly asOf?: string
}

const BYTES_OF = { GB: 1e9, GiB: 2 ** 30, TB: 1e12, TiB: 2 ** 40 } as const

/** How many bytes a price by size is of. @throws RangeError for another price */
export const bytesOfUnit = ({ per }: Price): number => {
  const unit = /^[GT]i?B(?= |,|$)/.exec(per)?.[0]
  if (unit === undefined) throw new RangeError(`a price by ${per} is none by size`)
  return BYTES_OF[unit as keyof typeof BYTES_OF]
}

/** A class of an object store. */
export interface StorageTier {
  readonly name: string
  /** Objects come there at this age, months. */
  readonly fromMonth: number
  readonly gbMonth: Price
  /** A thousand of each. */
  readonly puts: Price
  readonly gets: Price
  /** A GB or GiB that is read. */
  readonly retrieval: Price
  /** A thousand objects that come from the tier before. */
  readonly moves: Price
  /** A smaller object is paid as one of this size, bytes. */
  readonly leastBytes: number
}

export interface Provider {
  readonly id: 'aws' | 'azure' | 'gcp' | 'disk'
  readonly name: string
  readonly region: string
  /** The youngest first; lists cost what puts do. */
  readonly tiers: readonly StorageTier[]
  /** An hour of a machine of two cores and 8 GiB. */
  readonly node: Price
  /** An hour of Kubernetes’ control plane. */
  readonly cluster: Price
  /** A GB or GiB of disk and month. */
  readonly disk: Price
}

/** What the same events cost as single events of services that a cloud runs itself. */
export interface ServicePrices {
  readonly firehoseGb: Price
  readonly firehoseParquetGb: Price
  readonly eventBridgeMillion: Price
  readonly eventHubsUnitHour: Price
  readonly eventHubsMillion: Price
  readonly streamAnalyticsUnitHour: Price
  readonly athenaTb: Price
  readonly synapseTb: Price
  readonly bigQueryTb: Price
}

export interface PriceList {
  /** When it was put together. */
  readonly date: string
  readonly providers: readonly Provider[]
  readonly services: ServicePrices
}
