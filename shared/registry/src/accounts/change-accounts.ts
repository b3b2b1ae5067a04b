import { ANYONE, type Role } from '@fleetlake/contracts'
import type { Asked } from '../decide-changes.ts'
import { refuse } from '../limits.ts'
import type { Registry } from '../open-registry.ts'
import type { Account } from './account.ts'
import { checkGroups } from './change-groups.ts'
import { checkFree, checkName, findNamed, versionOfNamed } from './named.ts'
import { hashPassword, isPasswordOf } from './password-hash.ts'
import { passwordFault } from './password-rules.ts'

/** What is done to accounts: each is one commit, decided upon the entries as they are. `who` does it. All throw FleetError `registry.invalid`. */

const hashAllowed = async (name: string, password: string): Promise<string> => {
  const fault = passwordFault(password, name)
  return fault === undefined ? hashPassword(password) : refuse(fault)
}

export interface NewAccount {
  readonly name: string
  readonly role: Role
  readonly password: string
  /** Whose vehicles it sees; all when missing. */
  readonly groups?: readonly string[] | undefined
}

export const addAccount = async (
  registry: Registry,
  { name, role, password, groups }: NewAccount,
  who: string,
): Promise<void> => {
  checkName('accounts', name)
  if (name === ANYONE) refuse(`${ANYONE} is who asks where no login is needed: take another name`)
  const hash = await hashAllowed(name, password)
  await registry.change((view) => {
    checkFree(view, 'accounts', name)
    if (groups !== undefined) checkGroups(view, groups)
    const value: Account = { role, password: hash, disabled: false, ...(groups && { groups: [...groups] }) }
    return [{ kind: 'accounts', id: name, value, expected: 0 }]
  }, who)
}

/** Sets fields of an account, or takes them away with undefined; all others stay. Nobody logs in with an account that is disabled, nor with its tokens. */
export const setAccount = async (
  registry: Registry,
  { name, set }: { readonly name: string; readonly set: Partial<Account> },
  who: string,
): Promise<void> => {
  await registry.change((view) => {
    const { value, version } = findNamed(view, 'accounts', name)
    if (set.groups !== undefined) checkGroups(view, set.groups)
    return [{ kind: 'accounts', id: name, value: { ...value, ...set }, expected: version }]
  }, who)
}

export const setPassword = async (
  registry: Registry,
  { name, password }: { readonly name: string; readonly password: string },
  who: string,
): Promise<void> => {
  await registry.refresh()
  const { value } = findNamed(registry, 'accounts', name)
  const hash = await hashAllowed(name, password)
  if (await isPasswordOf(value.password, password)) refuse(`the account ${name} has this password already`)
  await setAccount(registry, { name, set: { password: hash } }, who)
}

/**
 * Removes an account and its tokens. Invariant: no token outlives its account, or who is given the name next would be given the tokens.
 * @returns the names of the tokens
 */
export const removeAccount = async (registry: Registry, name: string, who: string): Promise<string[]> => {
  const changes = await registry.change((view) => {
    const expected = versionOfNamed(view, 'accounts', name)
    const tokens = [...view.entries('tokens').values()].filter(({ value }) => value.account === name)
    return [
      { kind: 'accounts', id: name, value: null, expected },
      ...tokens.map(({ id, version }): Asked => ({ kind: 'tokens', id, value: null, expected: version })),
    ]
  }, who)
  return changes.flatMap(({ kind, id }) => (kind === 'tokens' ? [id] : []))
}
