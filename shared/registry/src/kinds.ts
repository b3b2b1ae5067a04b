import { areaId } from '@fleetlake/contracts'
import type { z } from 'zod'
import {
  type Account,
  account,
  accountName,
  type ApiToken,
  apiToken,
  endedSessions,
  type EndedSessions,
} from './accounts/account.ts'
import { type Group, group, type ProviderPerson, providerPerson } from './accounts/group.ts'
import { openIdName, personName } from './accounts/person.ts'
import { area, type NamedArea } from './areas/area.ts'

/** What people set, by kind; the type of an entry's value. */
export interface KindValues {
  readonly accounts: Account
  readonly tokens: ApiToken
  readonly sessions: EndedSessions
  readonly groups: Group
  readonly people: ProviderPerson
  readonly areas: NamedArea
}

export type KindName = keyof KindValues

export interface Kind<Value> {
  readonly about: string
  readonly id: z.ZodType<string>
  /**
   * It refuses fields that it does not know: what a newer release adds may take away rights, so that an entry that has it must not count without it.
   */
  readonly value: z.ZodType<Value>
  /** Fields that are not shown: who reads them could try them out. An export has them. */
  readonly hidden: readonly string[]
}

/** Each kind of entries that this release knows. */
export const KINDS: { readonly [Name in KindName]: Kind<KindValues[Name]> } = {
  accounts: { about: 'who may log in', id: accountName, value: account, hidden: ['password'] },
  tokens: { about: 'what programs log in with', id: accountName, value: apiToken, hidden: ['sha256'] },
  sessions: { about: 'whose sessions have ended', id: personName, value: endedSessions, hidden: [] },
  groups: { about: 'which vehicles are seen together', id: accountName, value: group, hidden: [] },
  people: { about: 'whom a provider has let in, with what it said', id: openIdName, value: providerPerson, hidden: [] },
  areas: { about: 'polygons that searches name', id: areaId, value: area, hidden: [] },
}

/** Whether this release knows a kind. */
export const isKind = (name: string): name is KindName => Object.hasOwn(KINDS, name)
