import {
  type ObjectStore,
  MOST_SMALL_FILES,
  openSmallTable,
  type OpenSmallTableOptions,
  type SmallTable,
  type SmallTableKind,
  tidySmallTable,
  type TidyOptions,
} from '@fleetlake/archive'
import { subjects } from '@fleetlake/contracts'
import { createQueue, FleetError, repeat } from '@fleetlake/core'
import type { MessageHub } from '@fleetlake/hub'
import { type Change, changeOfFlat, flatChange, REGISTRY_COLUMNS, type RegistryRow } from './change.ts'
import { type Asked, changesOf } from './decide-changes.ts'
import { type Entries, faultsOf, foldRows, type Held, NO_ENTRIES, type RegistryView, viewOf } from './entries.ts'
import type { KindName, KindValues } from './kinds.ts'
import { checkWho } from './limits.ts'

export interface OpenRegistryOptions extends Omit<OpenSmallTableOptions, 'create'> {
  /** Where changes are announced, and heard of; who does not listen reads again when that matters. */
  readonly hub?: (Pick<MessageHub, 'send'> & Partial<Pick<MessageHub, 'listen'>>) | undefined
  /** Looks by itself this often, since announcements may be lost, ms; never when missing. */
  readonly lookEveryMs?: number
  /** Told why it could not be read again; what was read before is held on to, and it is tried again. */
  readonly onFault?: (error: unknown) => void
}

export interface PutOptions {
  /** The version of the entry that the caller has seen; 0 for none. */
  readonly expected: number
  readonly who: string
}

/** What people set, held in memory. */
export interface Registry extends RegistryView {
  /** Of the table, as last read: what is held is of it. −1 while there is none. */
  version(): number
  /** Every entry that was not removed, of whatever kind, whether it counts or not; sorted by kind and id. */
  held(): readonly Held[]
  /** What does not count and what is doubtful, a sentence each. */
  faults(): readonly string[]
  /** Every change, in the order of kinds, ids and versions: the newest last. */
  history(): Promise<readonly Change[]>
  /**
   * Reads what came since; without news it costs one get.
   * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed`: what is held stays what it was
   */
  refresh(): Promise<void>
  /**
   * Sets an entry, or removes it with `null`; durable once it resolves. The registry is made when there is none. Invariant, compare-and-set: of all who have seen
   * the same version of an entry one at most changes it.
   * @returns the entry's new version
   * @throws FleetError `registry.conflict` when another has changed the entry, `registry.invalid` for what the registry does not take,
   * `store.failed` when it is not known whether it was changed: read it again; `table.damaged`, `table.unsupported`
   */
  put<Name extends KindName>(
    kind: Name,
    id: string,
    value: KindValues[Name] | null,
    options: PutOptions,
  ): Promise<number>
  /**
   * Changes several entries at once: all of them or none. Invariant: what is changed was decided upon the entries as they were right before.
   * @param decide what to change; decides again when another was faster. What it throws refuses the whole
   * @returns what was changed
   */
  change(decide: (entries: RegistryView) => readonly Asked[], who: string): Promise<readonly Change[]>
  /** Tells which kinds have changed, whoever changed them. @returns stops telling */
  onChange(tell: (kinds: ReadonlySet<string>) => void): () => void
  /** Merges the files of the table into one when there are more than that, 64 when missing; returns how many became one. Every change stays. */
  mergeFiles(options?: { readonly moreThan?: number }): Promise<number>
  /** Deletes files and versions of the table that nobody needs any more; returns how many. Every change stays. */
  tidy(options: TidyOptions): Promise<number>
  close(): Promise<void>
}

const REGISTRY: SmallTableKind<typeof REGISTRY_COLUMNS, RegistryRow, Entries> = {
  name: 'registry',
  columns: REGISTRY_COLUMNS,
  // Only changes are ever added.
  encode: (row) => ('stray' in row ? {} : flatChange(row)),
  decode: changeOfFlat,
  empty: NO_ENTRIES,
  fold: foldRows,
}

const byPlace = (a: Change, b: Change): number =>
  a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : a.version - b.version

/**
 * Opens the registry, and holds it in memory.
 * @param store rooted at the table's folder
 * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed`
 */
export const openRegistry = async (
  store: ObjectStore,
  { hub, lookEveryMs, onFault = () => {}, now = Date.now, ...options }: OpenRegistryOptions = {},
): Promise<Registry> => {
  const openTable = (create: boolean): Promise<SmallTable<RegistryRow, Entries> | undefined> =>
    openSmallTable(store, REGISTRY, { ...options, now, create })
  const inTurn = createQueue()
  let table = await openTable(false)
  let told = table?.content ?? NO_ENTRIES
  const listeners = new Set<(kinds: ReadonlySet<string>) => void>()
  const stopping = new AbortController()

  const entries = (): Entries => table?.content ?? NO_ENTRIES

  const tellChanges = (): void => {
    const [before, after] = [told, entries()]
    told = after
    const kinds = new Set(
      [...after.kinds.keys(), ...before.kinds.keys()].filter(
        (kind) => before.kinds.get(kind) !== after.kinds.get(kind),
      ),
    )
    if (kinds.size === 0) return
    for (const tell of listeners) {
      try {
        tell(kinds)
      } catch (error) {
        onFault(error)
      }
    }
  }

  const open = (create: boolean): Promise<SmallTable<RegistryRow, Entries> | undefined> =>
    inTurn(async () => (table ??= await openTable(create)))

  const refresh = async (): Promise<void> => {
    const before = table
    try {
      await (before?.refresh() ?? open(false))
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'table.replaced') throw error
      // A copy was put in its place: from now on that is the registry.
      await inTurn(async () => {
        if (table === before) table = await openTable(false)
      })
    }
    tellChanges()
  }

  /** For who has nobody to throw at. */
  const look = async (): Promise<void> => {
    try {
      await refresh()
    } catch (error) {
      onFault(error)
    }
  }

  const announce = (changes: readonly Change[], version: number): void => {
    for (const { kind, id, version: ofEntry } of changes) {
      try {
        hub?.send('registryChanged', subjects.registryChanged(kind), { kind, id, version: ofEntry, table: version })
      } catch {
        // The change is made; others look for themselves.
      }
    }
  }

  const change: Registry['change'] = async (decide, who) => {
    checkWho(who)
    const at = now()
    let registry = await open(false)
    if (registry === undefined) {
      // What is refused, or changes nothing, makes no registry.
      if (changesOf(NO_ENTRIES, decide(viewOf(NO_ENTRIES)), { who, at }).length === 0) return []
      registry = (await open(true))!
    }
    let changes: readonly Change[] = []
    const version = await registry.append((content) => {
      changes = changesOf(content, decide(viewOf(content)), { who, at })
      return changes
    }, 'WRITE')
    tellChanges()
    announce(changes, version)
    return changes
  }

  let looking: Promise<void> | undefined
  const listener = hub?.listen?.('registryChanged', subjects.registryChanged('*'), async ({ data }) => {
    if (data.table <= (table?.version ?? -1)) return
    // One that has begun may have passed the change; those that come meanwhile share the next.
    looking ??= look().finally(() => (looking = undefined))
    await looking
    if (data.table > (table?.version ?? -1)) await look()
  })
  const repeating =
    lookEveryMs === undefined ? undefined : repeat(look, { everyMs: lookEveryMs, signal: stopping.signal })

  return {
    version: () => table?.version ?? -1,
    entries: (kind) => viewOf(entries()).entries(kind),
    find: (kind, id) => viewOf(entries()).find(kind, id),
    held: () =>
      [...entries().kinds.values()]
        .flatMap(({ newest }) => [...newest.values()].filter((held) => held.change.value !== undefined))
        .toSorted((a, b) => byPlace(a.change, b.change)),
    faults: () => faultsOf(entries()),
    history: async () => {
      await refresh()
      const rows = (await table?.rows()) ?? []
      return rows.flatMap((row) => ('stray' in row ? [] : [row])).toSorted(byPlace)
    },
    refresh,
    put: async (kind, id, value, { expected, who }) => {
      const [made] = await change(() => [{ kind, id, value, expected }], who)
      return made.version
    },
    change,
    onChange: (tell) => {
      listeners.add(tell)
      return () => void listeners.delete(tell)
    },
    mergeFiles: async ({ moreThan = MOST_SMALL_FILES } = {}) => {
      await refresh()
      return (await table?.mergeFiles({ moreThan })) ?? 0
    },
    tidy: async (how) => {
      await refresh()
      return table === undefined ? 0 : tidySmallTable(table, store, how)
    },
    close: async () => {
      stopping.abort()
      await Promise.all([listener?.close(), repeating])
      await table?.close()
    },
  }
}
