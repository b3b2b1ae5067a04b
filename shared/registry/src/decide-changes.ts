import { FleetError } from '@fleetlake/core'
import type { Change } from './change.ts'
import { type Entries, fit, type Held, seenVersion } from './entries.ts'
import { isKind } from './kinds.ts'
import { checkId, checkKind, MAX_CHANGES, lengthFault, mostEntries, refuse } from './limits.ts'

/** A change that is asked for. */
export interface Asked {
  readonly kind: string
  readonly id: string
  /** Anything that JSON has; null removes the entry. */
  readonly value: unknown
  /** The version of the entry that the caller has seen; 0 for none, be it that there never was one or that it was removed. */
  readonly expected: number
  /** Takes what does not fit, too, as an export of another release has it: it is kept and does not count. */
  readonly mayNotFit?: boolean
}

const conflict = ({ kind, id }: Asked, held: Held | undefined): FleetError => {
  if (held === undefined)
    return new FleetError('registry.conflict', `${kind} ${id} is not there: look at it and try again`)
  const { who, at, value, version } = held.change
  const done = value === undefined ? 'removed' : version === 1 ? 'added' : 'changed'
  return new FleetError(
    'registry.conflict',
    `${kind} ${id} was ${done} by ${who} at ${new Date(at).toISOString()}: look at it and try again`,
  )
}

/** The JSON text of a value that may be put. @throws FleetError `registry.invalid` */
const textOf = ({ kind, id, value, mayNotFit = false }: Asked): string => {
  checkKind(kind)
  checkId(kind, id)
  const json = JSON.stringify(value) as string | undefined
  if (json === undefined) return refuse(`${kind} ${id} has no value that JSON has`)
  const fault = lengthFault(kind, json)
  if (fault !== undefined) return refuse(`${kind} ${id}: ${fault}`)
  if (mayNotFit) return json
  if (!isKind(kind)) return refuse(`this release does not know the kind ${kind}`)
  const fitted = fit(kind, id, json)
  return 'fault' in fitted ? refuse(`${kind} ${id}: ${fitted.fault}`) : json
}

/**
 * The changes that are asked for, upon the entries as they are.
 * @throws FleetError `registry.conflict` when an entry is not as the caller has seen it, `registry.invalid` for what the registry does not take
 */
export const changesOf = (
  { kinds }: Entries,
  asked: readonly Asked[],
  { who, at }: { readonly who: string; readonly at: number },
): Change[] => {
  if (asked.length > MAX_CHANGES)
    refuse(`${asked.length} changes at once are more than ${MAX_CHANGES}: make them in parts`)
  if (new Set(asked.map(({ kind, id }) => `${kind} ${id}`)).size < asked.length)
    refuse('an entry is changed twice at once')
  const changes = asked.map((each): Change => {
    const { kind, id, value, expected } = each
    const held = kinds.get(kind)?.newest.get(id)
    if (seenVersion(held) !== expected) throw conflict(each, held)
    if (expected === 0 && value === null) refuse(`${kind} ${id} is not there, and can't be removed`)
    return {
      kind,
      id,
      version: (held?.change.version ?? 0) + 1,
      value: value === null ? undefined : textOf(each),
      who,
      at,
    }
  })
  for (const [kind, some] of Map.groupBy(asked, (each) => each.kind)) {
    const added = some.filter(({ expected, value }) => expected === 0 && value !== null).length
    if (added > 0 && (kinds.get(kind)?.count ?? 0) + added > mostEntries(kind))
      refuse(`the registry holds at most ${mostEntries(kind)} ${kind}: remove some first`)
  }
  return changes
}
