import { vehiclePattern } from '@fleetlake/contracts'
import { type RegistryView, seenVersion } from '../entries.ts'
import { refuse } from '../limits.ts'
import type { Registry } from '../open-registry.ts'
import { checkName, findNamed, versionOfNamed } from './named.ts'

/** What is done to groups: each is one commit, decided upon the entries as they are. `who` does it. All throw FleetError `registry.invalid`. */

/** That all these are there: a group that was mistyped shows no vehicle. */
export const checkGroups = (view: RegistryView, names: readonly string[]): void => {
  for (const name of names) findNamed(view, 'groups', name)
}

/** Adds a group, or gives one that is there other vehicles. @param vehicles ids, and texts with `*` at their end */
export const setGroup = async (
  registry: Registry,
  { name, vehicles }: { readonly name: string; readonly vehicles: readonly string[] },
  who: string,
): Promise<void> => {
  checkName('groups', name)
  for (const text of vehicles) {
    const { success, error } = vehiclePattern.safeParse(text)
    if (!success) refuse(`"${text.slice(0, 64)}" names no vehicles: it ${error.issues[0].message}`)
  }
  const value = { vehicles: [...new Set(vehicles)] }
  await registry.change(
    (view) => [{ kind: 'groups', id: name, value, expected: seenVersion(view.find('groups', name)) }],
    who,
  )
}

/** Removes a group: who has it and no other sees no vehicle then. @returns whom it had, sorted */
export const removeGroup = async (registry: Registry, name: string, who: string): Promise<string[]> => {
  let members: string[] = []
  await registry.change((view) => {
    const expected = versionOfNamed(view, 'groups', name)
    members = membersOf(view, name)
    return [{ kind: 'groups', id: name, value: null, expected }]
  }, who)
  return members
}

/** Accounts and people of a provider that have a group, sorted. */
export const membersOf = (view: Pick<RegistryView, 'entries'>, name: string): string[] =>
  [...view.entries('accounts').values(), ...view.entries('people').values()]
    .flatMap(({ id, value: { groups } }) => (groups?.includes(name) === true ? [id] : []))
    .toSorted()
