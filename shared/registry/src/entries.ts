import type { z } from 'zod'
import { type Change, compareChanges, type RegistryRow } from './change.ts'
import { isKind, type KindName, KINDS, type KindValues } from './kinds.ts'
import { lengthFault } from './limits.ts'

/** What holds of an entry: its newest change. */
export interface Held {
  readonly change: Change
  /** As the schema of the kind has it; undefined when it was removed, or does not count. */
  readonly value: unknown
  /** Why it does not count, or what is doubtful about it; for people. */
  readonly fault: string | undefined
}

/** The version that a caller sees of an entry: 0 when there is none, be it that it was removed. */
export const seenVersion = (held: Held | undefined): number =>
  held === undefined || held.change.value === undefined ? 0 : held.change.version

/** An entry that counts. */
export interface Entry<Name extends KindName> {
  readonly id: string
  readonly version: number
  readonly value: KindValues[Name]
  readonly who: string
  /** ms since the epoch. */
  readonly at: number
}

/** The entries of a kind. Immutable. */
interface KindEntries {
  /** With those that were removed, whose versions go on. */
  readonly newest: ReadonlyMap<string, Held>
  /** Those that count. */
  readonly entries: ReadonlyMap<string, Entry<KindName>>
  /** Those that were not removed, whether they count or not. */
  readonly count: number
}

/** What all changes come to. Immutable. */
export interface Entries {
  readonly kinds: ReadonlyMap<string, KindEntries>
  /** Rows that are no changes, for people. */
  readonly stray: ReadonlySet<string>
}

export const NO_ENTRIES: Entries = { kinds: new Map(), stray: new Set() }

const parse = (json: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(json) }
  } catch {
    return undefined
  }
}

const issueOf = ({ issues: [issue] }: z.ZodError, of: string): string =>
  `${[of, ...issue.path.map(String)].join('.')}: ${issue.message}`

/** A value as its kind has it, or why it does not count. */
export const fit = (
  kind: string,
  id: string,
  json: string,
): { readonly value: unknown } | { readonly fault: string } => {
  const tooLong = lengthFault(kind, json)
  if (tooLong !== undefined) return { fault: tooLong }
  const parsed = parse(json)
  if (parsed === undefined) return { fault: 'its value is not JSON' }
  if (!isKind(kind)) return { fault: 'this release does not know the kind' }
  const named = KINDS[kind].id.safeParse(id)
  if (!named.success) return { fault: issueOf(named.error, 'id') }
  const fitting = KINDS[kind].value.safeParse(parsed.value)
  return fitting.success ? { value: fitting.data } : { fault: issueOf(fitting.error, 'value') }
}

const heldOf = (change: Change): Held => {
  const { kind, id, value: json } = change
  if (json === undefined) return { change, value: undefined, fault: undefined }
  const fitted = fit(kind, id, json)
  return 'fault' in fitted
    ? { change, value: undefined, fault: fitted.fault }
    : { change, value: fitted.value, fault: undefined }
}

const TWICE = 'two changes have the same version, of which one is taken'

/** The later one of what is held and a change. */
const later = (held: Held | undefined, change: Change): Held => {
  if (held === undefined) return heldOf(change)
  const order = compareChanges(change, held.change)
  if (order === 0 || change.version < held.change.version) return held
  const next = order > 0 ? heldOf(change) : held
  return change.version === held.change.version ? { ...next, fault: next.fault ?? TWICE } : next
}

const NO_KIND: KindEntries = { newest: new Map(), entries: new Map(), count: 0 }

const foldKind = (before: KindEntries, changes: readonly Change[]): KindEntries => {
  const newest = new Map(before.newest)
  const entries = new Map(before.entries)
  let { count } = before
  for (const change of changes) {
    const { id } = change
    const old = newest.get(id)
    const held = later(old, change)
    if (held === old) continue
    newest.set(id, held)
    count += Math.sign(seenVersion(held)) - Math.sign(seenVersion(old))
    const { version, who, at } = held.change
    if (held.value === undefined) entries.delete(id)
    else entries.set(id, { id, version, value: held.value as KindValues[KindName], who, at })
  }
  return { newest, entries, count }
}

/**
 * What some changes more come to. Invariant: they may come in any order and again; an entry that is not known here, or does not fit, is kept, told, and
 * concerns no other.
 */
export const foldRows = (before: Entries, rows: readonly RegistryRow[]): Entries => {
  const stray = new Set(before.stray)
  const changes = rows.filter((row): row is Change => {
    if (!('stray' in row)) return true
    stray.add(row.stray)
    return false
  })
  const kinds = new Map(before.kinds)
  for (const [kind, some] of Map.groupBy(changes, (change) => change.kind)) {
    kinds.set(kind, foldKind(kinds.get(kind) ?? NO_KIND, some))
  }
  return { kinds, stray }
}

/** What does not count and what is doubtful, a sentence each. */
export const faultsOf = ({ kinds, stray }: Entries): string[] => [
  ...stray,
  ...[...kinds.values()].flatMap(({ newest }) =>
    [...newest.values()].flatMap(({ change: { kind, id }, value, fault }) => {
      if (fault === undefined) return []
      return [value === undefined ? `${kind} ${id} is kept and does not count: ${fault}` : `${kind} ${id}: ${fault}`]
    }),
  ),
]

/** The entries at one moment. */
export interface RegistryView {
  /** Those of a kind that count, by id. */
  entries<Name extends KindName>(kind: Name): ReadonlyMap<string, Entry<Name>>
  /** Whatever is held of an entry, also of one that was removed. */
  find(kind: string, id: string): Held | undefined
}

export const viewOf = ({ kinds }: Entries): RegistryView => ({
  // An entry that counts has the type of its kind.
  entries: <Name extends KindName>(kind: Name) =>
    (kinds.get(kind)?.entries ?? new Map()) as ReadonlyMap<string, Entry<Name>>,
  find: (kind, id) => kinds.get(kind)?.newest.get(id),
})
