import { KINDS, type Registry, type ShownChange, showChange } from '@fleetlake/registry'
import { humanTime, plural } from '@fleetlake/viewer-core'
import { renderTable } from '../terminal/render-table.ts'

interface KindFacts {
  readonly kind: string
  readonly about: string | null
  readonly entries: number
  readonly changes: number
  readonly changedAt: string | null
  readonly changedBy: string | null
}

/** Each kind that is known here or in the table. */
export const kindFacts = async (registry: Registry): Promise<KindFacts[]> => {
  const history = Map.groupBy(await registry.history(), ({ kind }) => kind)
  const held = Map.groupBy(registry.held(), ({ change: { kind } }) => kind)
  const abouts = new Map(Object.entries(KINDS).map(([kind, { about }]) => [kind, about]))
  return [...new Set([...abouts.keys(), ...history.keys()])].toSorted().map((kind) => {
    const changes = history.get(kind) ?? []
    const newest = changes.toSorted((a, b) => a.at - b.at).at(-1)
    return {
      kind,
      about: abouts.get(kind) ?? null,
      entries: held.get(kind)?.length ?? 0,
      changes: changes.length,
      changedAt: newest === undefined ? null : humanTime(newest.at),
      changedBy: newest?.who ?? null,
    }
  })
}

export const linesOfKinds = (kinds: readonly KindFacts[]): string[] =>
  renderTable([
    ['kind', 'entries', 'changes', 'last changed', 'what it is'],
    ...kinds.map(({ kind, about, entries, changes, changedAt, changedBy }) => [
      kind,
      String(entries),
      String(changes),
      changedAt === null ? '–' : `${changedAt} by ${changedBy}`,
      about ?? 'not known to this release',
    ]),
  ])

/** A change for machines. */
export const changeFacts = ({ kind, id, version, who, at, value, isRemoved, fault }: ShownChange): object => ({
  kind,
  id,
  version,
  who,
  at: humanTime(at),
  value: value ?? null,
  isRemoved,
  ...(fault === undefined ? {} : { fault }),
})

const valueText = ({ value, isRemoved, fault }: ShownChange): string => {
  if (isRemoved) return 'removed'
  return fault === undefined ? JSON.stringify(value) : `does not count: ${fault}`
}

/** Changes for people, a line each. */
export const linesOfChanges = (changes: readonly ShownChange[]): string[] =>
  changes.length === 0
    ? []
    : renderTable([
        ['id', 'version', 'changed', 'by', 'value'],
        ...changes.map((change) => [
          change.id,
          String(change.version),
          humanTime(change.at),
          change.who,
          valueText(change),
        ]),
      ])

/** What is shown of a kind, or of an entry of it: what holds, or all changes. */
export const changesToShow = async (
  registry: Registry,
  { kind, id, isHistory }: { readonly kind: string; readonly id: string | undefined; readonly isHistory: boolean },
): Promise<ShownChange[]> => {
  const changes = isHistory ? await registry.history() : registry.held().map(({ change }) => change)
  return changes.filter((change) => change.kind === kind && (id === undefined || change.id === id)).map(showChange)
}

export const sentenceOfImport = ({
  added,
  replaced,
  unchanged,
}: {
  readonly added: number
  readonly replaced: number
  readonly unchanged: number
}): string => `${plural(added, 'entry', 'entries')} added, ${replaced} replaced, ${unchanged} there already`
