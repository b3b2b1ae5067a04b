import type { Sight } from '@fleetlake/contracts'
import {
  accessOf,
  type Account,
  digestOfToken,
  endSessions,
  keepPerson,
  type ProviderPerson,
  type Registry,
  sessionsVersion,
} from '@fleetlake/registry'

/** An account, and the version that changes whenever it does. */
export interface KnownAccount extends Account {
  readonly name: string
  readonly version: number
}

/** A token of a program. */
export interface KnownToken {
  readonly account: string
  /** ms since the epoch. */
  readonly expiresMs: number
}

/** What the registry knows of people, as it was last read. */
export interface Directory {
  account(name: string): KnownAccount | undefined
  token(token: string): KnownToken | undefined
  /** What a session of a person has to name. */
  sessionsVersion(person: string): number
  /** Which vehicles a person sees, by the person's token; undefined for one who is not known. */
  sight(token: string): Sight | undefined
  /** Told when anything of it has changed. */
  onChange(tell: () => void): void
  /** Ends every session that a person has, of all gateways; kept once it resolves. @throws FleetError `store.failed` */
  endSessions(person: string): Promise<void>
  /** Keeps what a provider says of a person, for services that the person asks; kept once it resolves. @throws FleetError `store.failed`, `registry.invalid` */
  keepPerson(person: string, said: ProviderPerson): Promise<void>
}

const MOST_SIGHTS = 1_000

export const openDirectory = (registry: Registry): Directory => {
  const digests = (): Map<string, KnownToken> =>
    new Map(
      [...registry.entries('tokens').values()].map(({ value: { sha256, account, expires } }) => [
        sha256,
        { account, expiresMs: expires === undefined ? Infinity : Date.parse(expires) },
      ]),
    )
  let byDigest = digests()
  /** As they were made of the registry: a group may name thousands of vehicles. */
  const sights = new Map<string, Sight | undefined>()
  registry.onChange((kinds) => {
    if (kinds.has('tokens')) byDigest = digests()
    sights.clear()
  })
  const sight = (token: string): Sight | undefined => {
    if (!sights.has(token)) {
      if (sights.size >= MOST_SIGHTS) sights.clear()
      sights.set(token, accessOf(registry, token)?.vehicles)
    }
    return sights.get(token)
  }
  return {
    sight,
    onChange: (tell) => void registry.onChange(tell),
    account: (name) => {
      const entry = registry.entries('accounts').get(name)
      return entry && { ...entry.value, name, version: entry.version }
    },
    token: (token) => byDigest.get(digestOfToken(token)),
    sessionsVersion: (person) => sessionsVersion(registry, person),
    endSessions: (person) => endSessions(registry, person, person),
    keepPerson: (person, said) => keepPerson(registry, person, said),
  }
}
