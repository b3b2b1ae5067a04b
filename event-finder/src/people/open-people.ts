import type { Config, Sight } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { type Access, ACCESS_OF_ANYONE, accessOf } from '@fleetlake/registry'
import type { HeldRegistry } from '../registry/hold-registry.ts'
import { type AskedOf, judgeSearch } from './judge-search.ts'

/**
 * Which vehicles a person may see of a search that they ask for.
 * @throws FleetError `query.denied` with a sentence for the person
 */
export type Permit = (asked: AskedOf) => Promise<Sight>

export interface OpenPeopleOptions {
  readonly config: Pick<Config, 'auth'>
  readonly nowMs?: () => number
}

/** Persons whose access is kept as it was made of the registry. */
const MOST_KEPT = 1_000

/** Where no login is needed. */
export const permitAll: Permit = async () => ACCESS_OF_ANYONE.vehicles

/**
 * Who may search for what, where they have to log in. Invariant: nobody is refused by what is older than the question: a login may be younger than what is held.
 * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed`
 */
export const openPeople = async (
  held: HeldRegistry,
  { config, nowMs = Date.now }: OpenPeopleOptions,
): Promise<Permit> => {
  if (config.auth !== 'required') return permitAll
  const registry = await held.open()
  const kept = new Map<string, Access | undefined>()
  registry.onChange(() => kept.clear())
  const accessOfToken = (token: string): Access | undefined => {
    if (!kept.has(token)) {
      if (kept.size >= MOST_KEPT) kept.clear()
      kept.set(token, accessOf(registry, token))
    }
    return kept.get(token)
  }
  return async (asked) => {
    const judge = (): Sight => judgeSearch(accessOfToken(asked.person), asked, nowMs())
    try {
      return judge()
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'query.denied') throw error
    }
    await held.refresh().catch((cause: unknown) => {
      throw new FleetError(
        'query.denied',
        `what you may is not known for sure, since the registry can't be read now: ask again (${reasonOf(cause)})`,
        { cause },
      )
    })
    return judge()
  }
}
