import { type FlatRow, microsOf, millisOf } from '@fleetlake/archive'

/** A change of an entry: a row of the table `registry`. Rows are never changed; the newest of an entry is what holds. */
export interface Change {
  readonly kind: string
  readonly id: string
  /** Of the entry, counted from 1. */
  readonly version: number
  /** JSON text; undefined when the entry was removed. */
  readonly value: string | undefined
  /** Who changed it: an account, or the system's user at a terminal. */
  readonly who: string
  /** ms since the epoch. */
  readonly at: number
}

/** A row of another program that is no change of an entry. */
export interface StrayRow {
  readonly stray: string
}

export type RegistryRow = Change | StrayRow

export const REGISTRY_COLUMNS = [
  ['kind', 'string'],
  ['id', 'string'],
  ['version', 'long'],
  ['value', 'string'],
  ['who', 'string'],
  ['at', 'timestamp'],
] as const

type Flat = FlatRow<typeof REGISTRY_COLUMNS>

export const flatChange = ({ kind, id, version, value, who, at }: Change): Flat => ({
  kind,
  id,
  version: BigInt(version),
  value,
  who,
  at: microsOf(at),
})

/** What can't be a change is kept as a stray row: one row of others must not keep all entries from being read. */
export const changeOfFlat = ({ kind, id, version, value, who = '', at }: Flat, where: string): RegistryRow => {
  if (kind === undefined || id === undefined || version === undefined || at === undefined)
    return { stray: `${where} has a row without kind, id, version or time` }
  const whole = Number(version)
  if (!Number.isSafeInteger(whole) || whole < 1)
    return { stray: `${where} has a row of ${kind} ${id} with version ${version}` }
  return { kind, id, version: whole, value, who, at: millisOf(at) }
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Which of two changes of an entry is the later one; 0 for the same row. Of two with one version the order is arbitrary, and always the same. */
export const compareChanges = (a: Change, b: Change): number =>
  a.version - b.version ||
  a.at - b.at ||
  compareTexts(a.who, b.who) ||
  compareTexts(a.value ?? '', b.value ?? '') ||
  Number(a.value === undefined) - Number(b.value === undefined)
