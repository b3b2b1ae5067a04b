import { openRegistryStore, type TellRequest } from '@fleetlake/archive'
import type { Config, Sight } from '@fleetlake/contracts'
import { codeField, FleetError, reasonOf } from '@fleetlake/core'
import type { MessageHub } from '@fleetlake/hub'
import { type Access, ACCESS_OF_ANYONE, accessOf, openRegistry } from '@fleetlake/registry'
import { shareReads } from '../waiting/share-reads.ts'
import { type AskedOf, judgeSearch } from './judge-search.ts'

/**
 * Which vehicles a person may see of a search that they ask for.
 * @throws FleetError `query.denied` with a sentence for the person
 */
export type Permit = (asked: AskedOf) => Promise<Sight>

/** Who may search for what. */
export interface People {
  readonly permit: Permit
  close(): Promise<void>
}

export interface OpenPeopleOptions {
  readonly config: Pick<Config, 'archive' | 'auth'>
  readonly warn: (what: string, fields?: object) => void
  readonly nowMs?: () => number
  /** Told of each operation on the registry's store. */
  readonly tellRequest?: TellRequest | undefined
}

/** How late a change is heard of at most, if its announcement was lost. */
const LOOK_MS = 5_000
/** Persons whose access is kept as it was made of the registry. */
const MOST_KEPT = 1_000

/** Where no login is needed. */
export const permitAll: Permit = async () => ACCESS_OF_ANYONE.vehicles

/**
 * Opens what people may, where they have to log in. Invariant: nobody is refused by what is older than the question: a login may be younger than what is held.
 * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed`
 */
export const openPeople = async (
  hub: MessageHub,
  { config, warn, nowMs = Date.now, tellRequest }: OpenPeopleOptions,
): Promise<People> => {
  if (config.auth !== 'required') return { permit: permitAll, close: async () => {} }
  let hasFailed = false
  const registry = await openRegistry(await openRegistryStore(config.archive, tellRequest), {
    engine: 'Fleetlake finder',
    hub,
    lookEveryMs: LOOK_MS,
    onFault: (error) => {
      // Said once, not with each look.
      if (!hasFailed) warn(`the registry can't be read again: ${reasonOf(error)}`, codeField(error))
      hasFailed = true
    },
  })
  for (const fault of registry.faults()) warn(fault)
  const look = shareReads(async () => {
    await registry.refresh()
    hasFailed = false
  })
  const kept = new Map<string, Access | undefined>()
  registry.onChange(() => kept.clear())
  const accessOfToken = (token: string): Access | undefined => {
    if (!kept.has(token)) {
      if (kept.size >= MOST_KEPT) kept.clear()
      kept.set(token, accessOf(registry, token))
    }
    return kept.get(token)
  }
  return {
    permit: async (asked) => {
      const judge = (): Sight => judgeSearch(accessOfToken(asked.person), asked, nowMs())
      try {
        return judge()
      } catch (error) {
        if (!(error instanceof FleetError) || error.code !== 'query.denied') throw error
      }
      await look().catch((cause: unknown) => {
        throw new FleetError(
          'query.denied',
          `what you may is not known for sure, since the registry can't be read now: ask again (${reasonOf(cause)})`,
          { cause },
        )
      })
      return judge()
    },
    close: () => registry.close(),
  }
}
