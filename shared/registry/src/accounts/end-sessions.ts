import { seenVersion } from '../entries.ts'
import type { Registry } from '../open-registry.ts'

/**
 * Ends every session that a person has, wherever it is kept. A session names the version that the entry had when it began: with another one it counts no more.
 * @throws FleetError `registry.invalid`, `store.failed`
 */
export const endSessions = async (registry: Registry, person: string, who: string): Promise<void> => {
  const value = { ended: new Date().toISOString() }
  await registry.change(
    (view) => [{ kind: 'sessions', id: person, value, expected: seenVersion(view.find('sessions', person)) }],
    who,
  )
}

/** The version that a person's sessions have to name. It goes on also when the entry is removed. */
export const sessionsVersion = (registry: Pick<Registry, 'find'>, person: string): number =>
  registry.find('sessions', person)?.change.version ?? 0
