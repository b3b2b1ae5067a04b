import type { Add } from '@fleetlake/archive/log'
import { decodePath } from '@fleetlake/archive/log'
import { dayOf } from '@fleetlake/core'

/** From and to, both included. */
export interface Span<Value> {
  readonly least: Value
  readonly most: Value
}

/** A file of a projection's table: what the log says of its rows. What it does not say is unbounded. */
export interface FileEntry {
  /** Within the table. */
  readonly path: string
  readonly size: number
  readonly rows: number
  readonly modifiedMs: number
  readonly buckets: Span<number>
  /** Days since 1970-01-01. */
  readonly days: Span<number>
  /** Undefined when it is not said. */
  readonly keys: Span<string> | undefined
  /** CRC-32 of its footer, when it is a file of ours: its rows are then in the order of the key, each key once. */
  readonly footerCrc: number | undefined
  /** Merged files are of one month, and of a level. */
  readonly month: string | undefined
  readonly level: Level
  /** Files of a base are one sorted run, in the order of their parts. */
  readonly part: number
  readonly hasDeletedRows: boolean
}

/** How often rows of it were merged; `base` is what the deltas of the month are merged into. */
export type Level = number | 'base'

export const FOOTER_TAG = 'fleetlake.footerCrc32'
export const LEVEL_TAG = 'fleetlake.level'
export const MONTH_TAG = 'fleetlake.month'
export const PART_TAG = 'fleetlake.part'

const EVERYTHING: Span<number> = { least: -Infinity, most: Infinity }

interface Stats {
  readonly numRecords?: number
  readonly minValues?: Readonly<Record<string, unknown>>
  readonly maxValues?: Readonly<Record<string, unknown>>
}

const statsOf = ({ stats }: Add): Stats => {
  try {
    return (JSON.parse(stats ?? '{}') as Stats | null) ?? {}
  } catch {
    return {}
  }
}

const numbersOf = ({ minValues, maxValues }: Stats, name: string): Span<number> => {
  const [least, most] = [minValues?.[name], maxValues?.[name]]
  return typeof least === 'number' && typeof most === 'number' ? { least, most } : EVERYTHING
}

const DATE = /^\d{4}-\d\d-\d\d$/

const daysOf = ({ minValues, maxValues }: Stats): Span<number> => {
  const [least, most] = [minValues?.['date'], maxValues?.['date']].map((date) =>
    typeof date === 'string' && DATE.test(date) ? dayOf(Date.parse(date)) : Number.NaN,
  )
  return Number.isNaN(least + most) ? EVERYTHING : { least, most }
}

const textsOf = ({ minValues, maxValues }: Stats, name: string): Span<string> | undefined => {
  const [least, most] = [minValues?.[name], maxValues?.[name]]
  return typeof least === 'string' && typeof most === 'string' ? { least, most } : undefined
}

const crcOf = (text: string | null | undefined): number | undefined =>
  /^[0-9a-f]{8}$/.test(text ?? '') ? Number.parseInt(text!, 16) : undefined

const levelOf = (text: string | null | undefined): Level => {
  if (text === 'base') return 'base'
  const level = Number(text ?? 0)
  return Number.isInteger(level) && level >= 0 ? level : 0
}

const parseEntry = (add: Add, keyColumn: string): FileEntry => {
  const stats = statsOf(add)
  const footerCrc = crcOf(add.tags?.[FOOTER_TAG])
  const isOurs = footerCrc !== undefined
  return {
    path: decodePath(add.path),
    size: add.size,
    rows: stats.numRecords ?? Infinity,
    modifiedMs: add.modificationTime,
    buckets: numbersOf(stats, 'bucket'),
    days: daysOf(stats),
    // Other engines cut texts, in orders of their own.
    keys: isOurs ? textsOf(stats, keyColumn) : undefined,
    footerCrc,
    month: isOurs ? (add.tags?.[MONTH_TAG] ?? undefined) : undefined,
    level: isOurs ? levelOf(add.tags?.[LEVEL_TAG]) : 0,
    part: Number(add.tags?.[PART_TAG] ?? 0),
    hasDeletedRows: (add.deletionVector ?? undefined) !== undefined,
  }
}

const parsed = new WeakMap<Add, FileEntry>()

/** An `add` is parsed once, whatever states have it. */
export const entryOf = (add: Add, keyColumn: string): FileEntry => {
  let entry = parsed.get(add)
  if (entry === undefined) parsed.set(add, (entry = parseEntry(add, keyColumn)))
  return entry
}
