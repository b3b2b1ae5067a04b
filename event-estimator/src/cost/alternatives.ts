import { bytesOfUnit, type ServicePrices } from '../prices/price.ts'
import type { Flow } from '../volume/flow.ts'

/** What a service of a cloud would cost for the same events, dollars a month; without storage and searches. */
export interface Alternative {
  readonly name: string
  readonly usdPerMonth: number
  /** How it was reckoned. */
  readonly how: string
  /** The names of the prices that it rests upon. */
  readonly prices: readonly (keyof ServicePrices)[]
}

const DAYS_PER_MONTH = 365.25 / 12
const HOURS_PER_MONTH = 730
/** A position as JSON. */
const EVENT_BYTES = 200
const FIREHOSE_STEP_BYTES = 5 * 1024
const EVENTS_PER_UNIT = 1_000
const BYTES_PER_UNIT = 1e6
/** Of the standard tier. */
const MOST_UNITS = 40

/** Each position as an event of its own, and many of them in one record where the service lets them. */
export const alternativesOf = ({ eventsPerDay, peakEventsPerSecond }: Flow, prices: ServicePrices): Alternative[] => {
  const events = eventsPerDay * DAYS_PER_MONTH
  const millions = events / 1e6
  const firehose = [prices.firehoseGb, prices.firehoseParquetGb]
  const perByte = firehose.reduce((sum, price) => sum + price.usd / bytesOfUnit(price), 0)
  const units = Math.ceil(
    Math.max(peakEventsPerSecond / EVENTS_PER_UNIT, (peakEventsPerSecond * EVENT_BYTES) / BYTES_PER_UNIT),
  )
  const eventHubs = units * HOURS_PER_MONTH * prices.eventHubsUnitHour.usd + millions * prices.eventHubsMillion.usd
  return [
    {
      name: 'Amazon Data Firehose, a record a position, to Parquet on S3',
      usdPerMonth: events * FIREHOSE_STEP_BYTES * perByte,
      how: 'each record counts as 5 KB',
      prices: ['firehoseGb', 'firehoseParquetGb'],
    },
    {
      name: 'Amazon Data Firehose, 25 positions a record, to Parquet on S3',
      usdPerMonth: events * EVENT_BYTES * perByte,
      how: '200 bytes a position; whoever publishes has to put them together',
      prices: ['firehoseGb', 'firehoseParquetGb'],
    },
    {
      name: 'Amazon EventBridge, an event a position',
      usdPerMonth: millions * prices.eventBridgeMillion.usd,
      how: 'events of up to 64 KB count as one',
      prices: ['eventBridgeMillion'],
    },
    {
      name: 'Azure Event Hubs, an event a position',
      usdPerMonth: eventHubs,
      how: `${units} throughput units${units > MOST_UNITS ? `, more than the ${MOST_UNITS} of the standard tier` : ''}`,
      prices: ['eventHubsUnitHour', 'eventHubsMillion'],
    },
    {
      name: 'Azure Stream Analytics upon them',
      usdPerMonth: Math.ceil(units / 3) * HOURS_PER_MONTH * prices.streamAnalyticsUnitHour.usd,
      how: 'a streaming unit for three throughput units, which was not tried',
      prices: ['streamAnalyticsUnitHour'],
    },
  ]
}
