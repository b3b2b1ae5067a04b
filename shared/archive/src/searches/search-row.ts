import type { SearchRecord } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { type FlatRow, microsOf, millisOf } from '../small/small-file.ts'

/** The columns of the table `searches`: a row is a record of the stream `SEARCHES`, so that each is written once and none is ever changed. */
export const SEARCH_COLUMNS = [
  ['kind', 'string'],
  ['at', 'timestamp'],
  ['sequence', 'long'],
  ['person', 'string'],
  ['query', 'string'],
  ['area', 'string'],
  ['west', 'double'],
  ['south', 'double'],
  ['east', 'double'],
  ['north', 'double'],
  ['corners', 'integer'],
  ['period_from', 'timestamp'],
  ['period_to', 'timestamp'],
  ['vehicle_types', 'string'],
  ['types', 'integer'],
  ['vehicle_ids', 'string'],
  ['ids', 'integer'],
  ['measures', 'string'],
  ['filter', 'string'],
  ['row_limit', 'long'],
  ['ends_within_ms', 'long'],
  ['status', 'string'],
  ['rows', 'long'],
  ['elapsed_ms', 'long'],
  ['format', 'string'],
  ['reason', 'string'],
] as const

export type FlatSearch = FlatRow<typeof SEARCH_COLUMNS>

const json = (texts: readonly string[] | undefined): string | undefined =>
  texts === undefined ? undefined : JSON.stringify(texts)
const long = (value: number | undefined): bigint | undefined =>
  value === undefined ? undefined : BigInt(Math.round(value))

export const flatSearch = (record: SearchRecord): FlatSearch => {
  const { kind, query, person } = record
  const place = { kind, at: microsOf(record.at), sequence: BigInt(record.sequence), person, query }
  switch (record.kind) {
    case 'asked':
      return {
        ...place,
        area: record.area,
        ...record.bounds,
        corners: record.corners,
        period_from: microsOf(Date.parse(record.from)),
        period_to: microsOf(Date.parse(record.to)),
        vehicle_types: json(record.vehicleTypes),
        types: record.types,
        vehicle_ids: json(record.vehicleIds),
        ids: record.ids,
        measures: json(record.select),
        filter: record.where,
        row_limit: long(record.limit),
        ends_within_ms: long(record.endsWithinMs),
      }
    case 'ended':
      return { ...place, status: record.status, rows: long(record.rows), elapsed_ms: long(record.elapsedMs) }
    case 'exported':
      return { ...place, format: record.format, rows: long(record.rows) }
    case 'unreadable':
      return { ...place, reason: record.reason }
  }
}

const number = (value: bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value))
const time = (micros: bigint | undefined): string => new Date(millisOf(micros ?? 0n)).toISOString()

const textsOf = (text: string | undefined): string[] | undefined => {
  if (text === undefined) return undefined
  try {
    const texts: unknown = JSON.parse(text)
    return Array.isArray(texts) ? texts.map(String) : [text]
  } catch {
    return [text]
  }
}

/** Without what is missing. */
const some = <Value extends object>(values: Value): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never

/** A row of another writer may lack anything but its kind and time. @throws FleetError `table.invalid` */
export const searchOfFlat = (row: FlatSearch, where: string): SearchRecord => {
  const { kind, at, person = '', query = '' } = row
  if (at === undefined) throw new FleetError('table.invalid', `${where} has a row of searches without at`)
  const place = { sequence: number(row.sequence) ?? 0, at: millisOf(at), person }
  switch (kind) {
    case 'asked': {
      const { west = 0, south = 0, east = 0, north = 0 } = row
      return {
        ...place,
        kind,
        query,
        bounds: { west, south, east, north },
        corners: row.corners ?? 0,
        from: time(row.period_from),
        to: time(row.period_to),
        types: row.types ?? 0,
        ids: row.ids ?? 0,
        endsWithinMs: number(row.ends_within_ms) ?? 0,
        ...some({
          area: row.area,
          vehicleTypes: textsOf(row.vehicle_types),
          vehicleIds: textsOf(row.vehicle_ids),
          select: textsOf(row.measures),
          where: row.filter,
          limit: number(row.row_limit),
        }),
      }
    }
    case 'ended':
      return {
        ...place,
        kind,
        query,
        status: row.status as (SearchRecord & { kind: 'ended' })['status'],
        rows: number(row.rows) ?? 0,
        elapsedMs: number(row.elapsed_ms) ?? 0,
      }
    case 'exported':
      return { ...place, kind, query, format: row.format ?? '', ...some({ rows: number(row.rows) }) }
    default:
      return { ...place, kind: 'unreadable', query: '', reason: row.reason ?? `a row of kind ${kind}` }
  }
}
