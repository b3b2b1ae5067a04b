import { isDeepStrictEqual } from 'node:util'
import { seenVersion } from '../entries.ts'
import type { Registry } from '../open-registry.ts'
import type { ProviderPerson } from './group.ts'

/**
 * Keeps what a provider says of a person at a login, for services that are asked by that person; without a commit where that is what it said before.
 * @throws FleetError `registry.invalid`, `registry.conflict`, `store.failed`
 */
export const keepPerson = async (registry: Registry, person: string, said: ProviderPerson): Promise<void> => {
  if (isDeepStrictEqual(registry.entries('people').get(person)?.value, said)) return
  await registry.change(
    (view) =>
      isDeepStrictEqual(view.entries('people').get(person)?.value, said)
        ? []
        : [{ kind: 'people', id: person, value: said, expected: seenVersion(view.find('people', person)) }],
    person,
  )
}
