import { type Config, type Role, ROLES } from '@fleetlake/contracts'
import { cutText, FleetError, reasonOf } from '@fleetlake/core'
import { accountName, MAX_GROUPS, openIdPerson } from '@fleetlake/registry'
import * as client from 'openid-client'
import { z } from 'zod'

type Settings = Config['gateway']['openid']

/** What is set of a provider, with all that it needs. */
type WholeSettings = Settings & { readonly [Name in 'issuer' | 'clientId' | 'clientSecret']: string }

/** Who has come back from the provider. */
export interface ProviderLogin {
  readonly person: string
  readonly role: Role
  /** Whose vehicles the person sees; all when missing. */
  readonly groups?: string[]
}

/** What is kept of a login while its person is at the provider. */
const pendingSchema = z.strictObject({ verifier: z.string(), state: z.string(), nonce: z.string(), to: z.string() })
export type Pending = z.output<typeof pendingSchema>

/** Login by a provider of OpenID Connect: authorization code with PKCE, state and nonce. */
export interface OpenId {
  readonly issuer: string
  /**
   * Where the person goes, and what has to be kept until they come back.
   * @throws FleetError `login.failed` when the provider does not answer
   */
  begin(to: string): Promise<{ readonly url: URL; readonly pending: Pending }>
  /**
   * Who has come back, by the address that they came to.
   * @throws FleetError `login.failed` for what is not the answer to what was begun, and for a person without a role
   */
  finish(at: URL, pending: unknown): Promise<ProviderLogin & { readonly to: string }>
}

const TIMEOUT_S = 10
/** A provider that did not answer is left alone for so long. */
const RETRY_MS = 10_000
const MOST_NAME_BYTES = 240
const LONGEST_REFUSAL = 500

/** Undefined where no provider is configured. @param callback where the provider sends people back to, as it was registered there */
export const createOpenId = (settings: Settings, callback: URL): OpenId | undefined => {
  const { issuer, clientId, clientSecret } = settings
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined
  return openIdOf({ ...settings, issuer, clientId, clientSecret }, callback)
}

const openIdOf = (settings: WholeSettings, callback: URL): OpenId => {
  const discover = createDiscovery(settings)
  return {
    issuer: settings.issuer,
    begin: async (to) => {
      const configuration = await discover()
      const verifier = client.randomPKCECodeVerifier()
      const pending: Pending = { verifier, state: client.randomState(), nonce: client.randomNonce(), to }
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: callback.href,
        scope: settings.scope,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: pending.state,
        nonce: pending.nonce,
      })
      return { url, pending }
    },
    finish: async (at, kept) => {
      const pending = pendingSchema.safeParse(kept).data
      if (pending === undefined) throw failed('this login was not begun here, or too long ago: log in again')
      const { verifier: pkceCodeVerifier, state: expectedState, nonce: expectedNonce, to } = pending
      // Behind a proxy the request's own address is another one than people see.
      const seen = new URL(callback)
      seen.search = at.search
      const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
      const claims = await claimsOf(settings, await discover(), seen, checks)
      return { ...personOf(settings, claims), to }
    },
  }
}

type Claims = Readonly<Record<string, unknown>>

/** Of several who ask at once one asks the provider. */
const createDiscovery = ({ issuer, clientId, clientSecret }: WholeSettings): (() => Promise<client.Configuration>) => {
  let found: Promise<client.Configuration> | undefined
  let failedAtMs = -Infinity
  return async () => {
    if (found === undefined && performance.now() - failedAtMs < RETRY_MS)
      throw unreachable(issuer, 'it is asked again in some seconds')
    found ??= client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      timeout: TIMEOUT_S,
      // The settings allow it on the loopback only.
      ...(issuer.startsWith('http://') ? { execute: [client.allowInsecureRequests] } : {}),
    })
    try {
      return await found
    } catch (error) {
      found = undefined
      failedAtMs = performance.now()
      throw unreachable(issuer, reasonOf(error), error)
    }
  }
}

const claimsOf = async (
  { accountClaim, roleClaim, groupClaim = roleClaim }: WholeSettings,
  configuration: client.Configuration,
  at: URL,
  checks: client.AuthorizationCodeGrantChecks,
): Promise<Claims> => {
  try {
    const tokens = await client.authorizationCodeGrant(configuration, at, checks)
    const claims: Claims & { readonly sub: string } = tokens.claims()!
    const isWhole = [accountClaim, roleClaim, groupClaim].every((name) => Object.hasOwn(claims, name))
    if (isWhole || configuration.serverMetadata().userinfo_endpoint === undefined) return claims
    // What is not in the token may be at the provider's own address for it.
    return { ...(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims }
  } catch (error) {
    throw failed(`the provider has not let you in: ${refusalOf(error)}`, error)
  }
}

/** What the provider or its library says; never their causes, which hold answers and codes. */
const refusalOf = (error: unknown): string => {
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    const { error: code, error_description: description } = error
    return cutText(description === undefined ? code : `${code}: ${description}`, LONGEST_REFUSAL)
  }
  return error instanceof client.ClientError ? error.message : reasonOf(error)
}

const personOf = ({ accountClaim, roleClaim, groupClaim, roles }: WholeSettings, claims: Claims): ProviderLogin => {
  const name = claims[accountClaim]
  if (typeof name !== 'string' || name === '' || !name.isWellFormed() || Buffer.byteLength(name) > MOST_NAME_BYTES)
    throw failed(
      `the provider does not say who you are: its answer has no usable ${accountClaim} (gateway.openid.accountClaim)`,
    )
  const values = [claims[roleClaim]].flat()
  const has = new Set(
    values.flatMap((value) => (typeof value === 'string' && Object.hasOwn(roles, value) ? [roles[value]] : [])),
  )
  // Of several the one that may most.
  const role = ROLES.findLast((each) => has.has(each))
  if (role === undefined)
    throw failed(
      `${name} has no role here: no value of ${roleClaim} (gateway.openid.roleClaim) is in gateway.openid.roles`,
    )
  const person = openIdPerson(name)
  return groupClaim === undefined ? { person, role } : { person, role, groups: groupsOf(claims, groupClaim) }
}

/** Invariant: who has no group, or a claim that is none, sees no vehicle. Values that can't be names of groups are of something else. */
const groupsOf = (claims: Claims, groupClaim: string): string[] => {
  const names = [claims[groupClaim]].flat().flatMap((value) => accountName.safeParse(value).data ?? [])
  const groups = [...new Set(names)].toSorted()
  if (groups.length > MAX_GROUPS)
    throw failed(
      `the provider names ${groups.length} groups of yours, and ${MAX_GROUPS} are taken: have ${groupClaim} (gateway.openid.groupClaim) name the groups of Fleetlake alone`,
    )
  return groups
}

const failed = (what: string, cause?: unknown): FleetError =>
  new FleetError('login.failed', what, cause === undefined ? {} : { cause })

const unreachable = (issuer: string, why: string, cause?: unknown): FleetError =>
  failed(`the provider at ${issuer} (gateway.openid.issuer) does not answer: ${why}`, cause)
