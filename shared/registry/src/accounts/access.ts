import { ANYONE, personOfToken, type Right, rightsOf, type Sight, sightOf } from '@fleetlake/contracts'
import type { RegistryView } from '../entries.ts'
import { isOpenIdPerson, isTerminalPerson } from './person.ts'

/** What a person may do, and see. */
export interface Access {
  readonly person: string
  readonly rights: ReadonlySet<Right>
  readonly vehicles: Sight
}

/** Of who asks where no login is needed. */
export const ACCESS_OF_ANYONE: Access = { person: ANYONE, rights: rightsOf('operator'), vehicles: 'all' }

/**
 * What the registry says of who a subject names; undefined for who is not known, and for a disabled account. Who is at a terminal and has the hub's keys may do all that
 * the keys' owner may.
 * @param token of the person (`personToken`)
 */
export const accessOf = (view: Pick<RegistryView, 'entries'>, token: string): Access | undefined => {
  const person = personOfToken(token)
  if (person === undefined) return undefined
  if (isTerminalPerson(person)) return { person, rights: rightsOf('operator'), vehicles: 'all' }
  const known = isOpenIdPerson(person) ? view.entries('people').get(person)?.value : accountOf(view, person)
  return known && { person, rights: rightsOf(known.role), vehicles: sightOfGroups(view, known.groups) }
}

const accountOf = (view: Pick<RegistryView, 'entries'>, name: string) => {
  const account = view.entries('accounts').get(name)?.value
  return account?.disabled === true ? undefined : account
}

/** Invariant: a group that is not there, or does not count, adds no vehicle; only who has no list of groups sees all, or who has a group of all. */
const sightOfGroups = (view: Pick<RegistryView, 'entries'>, names: readonly string[] | undefined): Sight =>
  names === undefined ? 'all' : sightOf(names.flatMap((name) => view.entries('groups').get(name)?.value.vehicles ?? []))
