import { createHash, randomBytes } from 'node:crypto'
import type { Registry } from '../open-registry.ts'
import type { ApiToken } from './account.ts'
import { checkFree, checkName, findNamed, versionOfNamed } from './named.ts'

/** By which a token is recognised, also where it was left behind. */
const TOKEN_PREFIX = 'flt_'
const TOKEN_BYTES = 32

/** What is kept of a token: it can't be guessed, so that a fast hash is enough. */
export const digestOfToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/**
 * Makes a token of an account.
 * @param expiresMs from then on it counts no more, ms since the epoch
 * @returns the token, which is kept nowhere
 * @throws FleetError `registry.invalid`
 */
export const addToken = async (
  registry: Registry,
  {
    name,
    account,
    expiresMs,
  }: { readonly name: string; readonly account: string; readonly expiresMs?: number | undefined },
  who: string,
): Promise<string> => {
  checkName('tokens', name)
  const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`
  const value: ApiToken = {
    account,
    sha256: digestOfToken(token),
    ...(expiresMs === undefined ? {} : { expires: new Date(expiresMs).toISOString() }),
  }
  await registry.change((view) => {
    checkFree(view, 'tokens', name)
    findNamed(view, 'accounts', account)
    return [{ kind: 'tokens', id: name, value, expected: 0 }]
  }, who)
  return token
}

/** @throws FleetError `registry.invalid` */
export const removeToken = async (registry: Registry, name: string, who: string): Promise<void> => {
  await registry.change(
    (view) => [{ kind: 'tokens', id: name, value: null, expected: versionOfNamed(view, 'tokens', name) }],
    who,
  )
}
