import { accountName } from './account.ts'
import { type Entry, type RegistryView, seenVersion } from '../entries.ts'
import { refuse } from '../limits.ts'

/** Accounts, tokens and groups by their names. What refuses is told as FleetError `registry.invalid`. */

/** Kinds whose entries people name. */
type NamedKind = 'accounts' | 'tokens' | 'groups'

const NOUNS: { readonly [Name in NamedKind]: readonly [one: string, article: string] } = {
  accounts: ['account', 'an account'],
  tokens: ['token', 'a token'],
  groups: ['group', 'a group'],
}

const none = (kind: NamedKind, name: string): never =>
  refuse(`there is no ${NOUNS[kind][0]} ${name}: see \`fleet ${kind} list\``)

export const checkName = (kind: NamedKind, name: string): void => {
  const { success, error } = accountName.safeParse(name)
  if (!success) refuse(`"${name.slice(0, 64)}" is no name of ${NOUNS[kind][1]}: it ${error.issues[0].message}`)
}

/** One that counts. */
export const findNamed = <Name extends NamedKind>(
  view: Pick<RegistryView, 'entries'>,
  kind: Name,
  name: string,
): Entry<Name> => view.entries(kind).get(name) ?? none(kind, name)

/** The version of one that is there, whether it counts or not. */
export const versionOfNamed = (view: RegistryView, kind: NamedKind, name: string): number =>
  seenVersion(view.find(kind, name)) || none(kind, name)

/** Also one that does not count holds its name. */
export const checkFree = (view: RegistryView, kind: NamedKind, name: string): void => {
  if (seenVersion(view.find(kind, name)) > 0) refuse(`there is ${NOUNS[kind][1]} ${name} already`)
}
