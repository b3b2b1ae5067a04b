import { createAccount, decode, encodeAuthorizationResponse, encodeUser, fromPublic, fromSeed } from '@nats-io/jwt'
import { z } from 'zod'

/*
 * How nats-server asks somebody else whom to let in (auth callout): a question and an answer that are signed JWTs.
 */

/** Where the server asks. */
export const LOGIN_SUBJECT = '$SYS.REQ.USER.AUTH'

/** What somebody shows who connects. */
export interface LoginRequest {
  readonly user: string | undefined
  readonly password: string | undefined
  /** Where they come from; empty when it is not known. */
  readonly address: string
  readonly byWebsocket: boolean
  /** The connection's number at the server. */
  readonly client: number
  /** Names the connection and the server in the answer. */
  readonly keys: { readonly user: string; readonly server: string }
}

/** Whom the server lets in, as what, and for how long. */
export interface AdmittedUser {
  readonly name: string
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
  /** ms since the epoch. */
  readonly untilMs: number
}

/** What the answers are signed with: the seed of an account's nkey. */
export const newIssuerSeed = (): string => new TextDecoder().decode(createAccount().getSeed())

/** By which the server knows who has signed. */
export const publicKeyOf = (seed: string): string => fromSeed(new TextEncoder().encode(seed)).getPublicKey()

/** The server's own account, where it has no others. */
const ACCOUNT = '$G'

const requestSchema = z.object({
  user_nkey: z.string(),
  server_id: z.object({ id: z.string() }),
  client_info: z.object({ id: z.number(), host: z.string().default(''), type: z.string().optional() }),
  connect_opts: z.object({ user: z.string().optional(), pass: z.string().optional() }).default({}),
})

/** @throws what is wrong with a question that is none */
export const readLoginRequest = (payload: Uint8Array): LoginRequest => {
  const { nats } = decode(new TextDecoder().decode(payload))
  const { user_nkey: user, server_id: server, client_info: client, connect_opts: shown } = requestSchema.parse(nats)
  return {
    user: shown.user,
    password: shown.pass,
    address: client.host,
    byWebsocket: client.type === 'websocket',
    client: client.id,
    keys: { user, server: server.id },
  }
}

/** Where a user of the system account has a server end a connection. */
export const endConnectionSubject = (server: string): string => `$SYS.REQ.SERVER.${server}.KICK`

export const endConnectionRequest = (client: number): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ cid: client }))

/** An empty list would allow everything. */
const only = (subjects: readonly string[]): { allow: string[] } | { deny: string[] } =>
  subjects.length === 0 ? { deny: ['>'] } : { allow: [...subjects] }

/** @param admitted undefined refuses */
export const writeLoginAnswer = async (
  { keys }: Pick<LoginRequest, 'keys'>,
  admitted: AdmittedUser | undefined,
  issuerSeed: string,
): Promise<Uint8Array> => {
  const issuer = fromSeed(new TextEncoder().encode(issuerSeed))
  const user = fromPublic(keys.user)
  const answer = async (): Promise<{ jwt: string } | { error: string }> => {
    if (admitted === undefined) return { error: 'not known here' }
    const { name, publish, subscribe, untilMs } = admitted
    const options = { aud: ACCOUNT, exp: Math.floor(untilMs / 1000) }
    return { jwt: await encodeUser(name, user, issuer, { pub: only(publish), sub: only(subscribe) }, options) }
  }
  const response = await encodeAuthorizationResponse(user, fromPublic(keys.server), issuer, await answer(), {})
  return new TextEncoder().encode(response)
}
