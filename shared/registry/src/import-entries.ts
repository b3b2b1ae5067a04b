import { isDeepStrictEqual } from 'node:util'
import { FleetError } from '@fleetlake/core'
import { z } from 'zod'
import type { Asked } from './decide-changes.ts'
import { fit, type RegistryView, seenVersion } from './entries.ts'
import { checkId, checkKind, lengthFault, MAX_CHANGES, refuse } from './limits.ts'
import type { Registry } from './open-registry.ts'

/** An entry of an export. */
export interface Exported {
  readonly kind: string
  readonly id: string
  readonly value: unknown
}

export interface Imported {
  readonly added: number
  readonly replaced: number
  /** Those that are there as the export has them. */
  readonly unchanged: number
  /** Why entries of it do not count, a sentence each: they are kept as they are. */
  readonly faults: readonly string[]
}

/** What else is in a line (version, who, when) is of where the export comes from. */
const line = z.object({ kind: z.string(), id: z.string(), value: z.unknown() })

/**
 * The entries of an export's lines.
 * @throws FleetError `registry.invalid` with the line
 */
export const parseExport = (text: string): Exported[] => {
  const seen = new Set<string>()
  return text.split('\n').flatMap((each, i) => {
    if (each.trim() === '') return []
    const where = `line ${i + 1}`
    let json: unknown
    try {
      json = JSON.parse(each)
    } catch {
      return refuse(`${where} is not JSON`)
    }
    const parsed = line.safeParse(json)
    if (!parsed.success || parsed.data.value === undefined || parsed.data.value === null)
      return refuse(`${where} is no entry: an entry has kind, id and value`)
    const { kind, id, value } = parsed.data
    try {
      checkKind(kind)
      checkId(kind, id)
      const fault = lengthFault(kind, JSON.stringify(value))
      if (fault !== undefined) refuse(`${kind} ${id}: ${fault}`)
      if (seen.has(`${kind} ${id}`)) refuse(`${kind} ${id} is there twice`)
    } catch (cause) {
      return refuse(`${where}: ${(cause as FleetError).message}`)
    }
    seen.add(`${kind} ${id}`)
    return [{ kind, id, value }]
  })
}

/** How an entry of an export stands to what is held. */
type Standing = 'absent' | 'same' | 'other'

const compare = (view: RegistryView, { kind, id, value }: Exported): Standing => {
  const json = view.find(kind, id)?.change.value
  if (json === undefined) return 'absent'
  try {
    return isDeepStrictEqual(JSON.parse(json), value) ? 'same' : 'other'
  } catch {
    return 'other'
  }
}

const checkOthers = (others: readonly Exported[], view: RegistryView): void => {
  const [first] = others
  if (first === undefined) return
  const { kind, id } = first
  const { who, at } = view.find(kind, id)!.change
  const more = others.length === 1 ? '' : `, and so are ${others.length - 1} more`
  throw new FleetError(
    'registry.conflict',
    `${kind} ${id} is there with another value, by ${who} at ${new Date(at).toISOString()}${more}: with --replace the file's values take their place`,
  )
}

/**
 * Puts the entries of an export into a registry, by compare-and-set. Those that are there as the export has them stay; what is there with another value refuses all
 * before anything is changed, unless it is to be replaced. Stopped at any moment it can be begun again.
 * @throws FleetError `registry.conflict`, `registry.invalid`
 */
export const importEntries = async (
  registry: Registry,
  exported: readonly Exported[],
  { who, replace = false }: { readonly who: string; readonly replace?: boolean },
): Promise<Imported> => {
  await registry.refresh()
  if (!replace)
    checkOthers(
      exported.filter((each) => compare(registry, each) === 'other'),
      registry,
    )
  const counts = { absent: 0, same: 0, other: 0 }
  for (let i = 0; i < exported.length; i += MAX_CHANGES) {
    const some = exported.slice(i, i + MAX_CHANGES)
    let standing: Standing[] = []
    await registry.change((view) => {
      standing = some.map((each) => compare(view, each))
      if (!replace)
        checkOthers(
          some.filter((_, at) => standing[at] === 'other'),
          view,
        )
      return some.flatMap((each, at): Asked[] =>
        standing[at] === 'same'
          ? []
          : [{ ...each, expected: seenVersion(view.find(each.kind, each.id)), mayNotFit: true }],
      )
    }, who)
    for (const each of standing) counts[each]++
  }
  const faults = exported.flatMap(({ kind, id, value }) => {
    const fitted = fit(kind, id, JSON.stringify(value))
    return 'fault' in fitted ? [`${kind} ${id} is kept and does not count: ${fitted.fault}`] : []
  })
  return { added: counts.absent, replaced: counts.other, unchanged: counts.same, faults }
}
