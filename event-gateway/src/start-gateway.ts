import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { openRegistryStore } from '@fleetlake/archive'
import { endConnectionRequest, endConnectionSubject } from '@fleetlake/broker/nats/logins'
import { type Config, isLoopback, pageOrigins } from '@fleetlake/contracts'
import { codeField, FleetError, reasonOf } from '@fleetlake/core'
import { type Hub, joinGroup, type MessageHub } from '@fleetlake/hub'
import { hashPassword, isPasswordOf, openRegistry } from '@fleetlake/registry'
import { countRequests, type Log, NO_OPS, type OpsContext, timeRequests } from '@fleetlake/service'
import { type Answering, listen, ownHosts } from '@fleetlake/service/http'
import { createGatewayApp, type GatewayAppDeps } from './gateway-app.ts'
import { createAddressOf } from './http/client-address.ts'
import { createAdmit } from './hub/admit.ts'
import { answerLogins } from './hub/answer-logins.ts'
import { createLetInConnections } from './hub/let-in.ts'
import { createHubTickets } from './hub/hub-tickets.ts'
import { createOpenId } from './login/openid.ts'
import { createPasswordLogin } from './login/password-login.ts'
import { fanOutLive } from './live/fan-out-live.ts'
import { createSealer } from './login/sealer.ts'
import { provideSessionSecret } from './login/session-secret.ts'
import { createSessions } from './login/sessions.ts'
import { openDirectory } from './people/directory.ts'
import { createIdentify, createWhoIs } from './people/identify.ts'
import { checkPublicUrl } from './public-url.ts'

export interface Gateway {
  readonly url: string
  /** Answers what has been asked, then leaves the group. */
  stop(): Promise<void>
}

export interface GatewayOptions {
  readonly config: Pick<Config, 'archive' | 'auth' | 'gateway' | 'viewer'>
  readonly version: string
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  readonly nowMs?: () => number
  /** What it signs with whom the hub lets in; undefined where the hub asks no one. */
  readonly issuerSeed?: string | undefined
  /** As the system's user of the hub; without it a connection that is no longer right ends within the hour. */
  readonly system?: MessageHub | undefined
  /** Where it says how it is. */
  readonly ops?: OpsContext
}

/** How late a change of an account is heard of at most, if its announcement was lost. */
const LOOK_MS = 5_000
/** A registry that could not be read for so long makes the gateway unready. */
const FAULT_MS = 3 * LOOK_MS
const REQUEST_MS = 30_000
/** How late it is noticed at most that somebody may no longer be connected, where no change tells. */
const REVIEW_MS = 15_000
/** How long the hub may take to end a connection. */
const END_MS = 5_000

/** Where people and programs log in. */
export const startGateway = async (hub: Hub, options: GatewayOptions): Promise<Gateway> => {
  const { config, version, log, nowMs = Date.now, ops = NO_OPS } = options
  const { gateway } = config
  if (gateway.port === undefined)
    throw new FleetError('config.invalid', 'gateway.port is not set: set it, e.g. FLEET_GATEWAY_PORT=3100')
  checkPublicUrl(config)
  const tls = await readTls(gateway.tls)
  let failedAtMs = -Infinity
  const registry = await openRegistry(await openRegistryStore(config.archive, countRequests(ops.metrics)), {
    engine: 'Fleetlake gateway',
    hub,
    lookEveryMs: LOOK_MS,
    onFault: (error) => {
      // Said once, not with each look.
      if (performance.now() - failedAtMs > FAULT_MS)
        log.error(codeField(error), `the registry can't be read again: ${reasonOf(error)}`)
      failedAtMs = performance.now()
    },
  })
  for (const fault of registry.faults()) log.warn(fault)
  const login = config.auth === 'required' ? await createLogin(config.gateway, registry, nowMs) : undefined
  let isConnected = true
  const stopFollowing = hub.onStatus(({ state }) => {
    isConnected = state === 'connected'
  })
  const registryFault = (): string | undefined =>
    performance.now() - failedAtMs < FAULT_MS ? 'the registry can not be read' : undefined
  const unready = (): string | undefined => (isConnected ? registryFault() : 'the hub can not be reached')
  ops.requires(registryFault)
  // What is asked before there is an app waits for it.
  const app = Promise.withResolvers<Answering>()
  const server = await listen(
    timeRequests({ fetch: async (request, env) => (await app.promise).fetch(request, env) }, ops.metrics),
    {
      host: gateway.host,
      port: gateway.port,
      tls,
      requestTimeoutMs: REQUEST_MS,
      of: { name: 'gateway', portVariable: 'FLEET_GATEWAY_PORT', inUse: 'gateway.port-in-use' },
    },
  ).catch(async (error: unknown) => {
    await registry.close()
    throw error
  })
  const url = new URL(gateway.publicUrl ?? server.url)
  const pages = gateway.pageOrigins ?? (isLoopback(url.hostname) ? pageOrigins(config.viewer.port) : [])
  const membership = joinGroup(hub, {
    group: 'gateways',
    version,
    describe: () => ({ memoryBytes: process.memoryUsage.rss() }),
  })
  const people = login?.(url)
  const live =
    people === undefined ? undefined : fanOutLive(hub, { sightOf: people.directory.sight, membership, nowMs })
  if (live !== undefined) people?.directory.onChange(live.review)
  const stopAnswering =
    people === undefined || options.issuerSeed === undefined
      ? undefined
      : guardHub(hub, people, { ...options, issuerSeed: options.issuerSeed, nowMs })
  app.resolve(
    createGatewayApp({
      login: people,
      isSecure: url.protocol === 'https:',
      origins: [...new Set([...pages, url.origin])],
      hosts: [...new Set([...ownHosts(gateway.host), '[::1]', url.hostname])],
      unready,
      log,
      onLogin: (result) => ops.metrics.add('fleetlake_logins_total', 1, { result }),
    }),
  )
  return {
    url: server.url,
    stop: async () => {
      stopAnswering?.()
      await live?.stop()
      await membership.leave()
      stopFollowing()
      await server.close()
      await registry.close()
    },
  }
}

/** Says whom the hub lets in, and ends the connections of who may no longer be there. @returns stops doing so */
const guardHub = (
  hub: Hub,
  people: NonNullable<GatewayAppDeps['login']>,
  { issuerSeed, nowMs, log, system }: GatewayOptions & { readonly issuerSeed: string; readonly nowMs: () => number },
): (() => void) => {
  const connections = createLetInConnections(({ server, client }) => {
    log.info('a connection to the hub is ended: its person has logged out, or has other rights now')
    // The server does nothing without somewhere to answer.
    void system?.control
      .request(endConnectionSubject(server), endConnectionRequest(client), { timeoutMs: END_MS })
      .catch((error: unknown) => log.warn(`a connection to the hub could not be ended: ${reasonOf(error)}`))
  }, nowMs)
  people.directory.onChange(connections.review)
  // A token may have expired, and a change may have come while somebody was let in.
  const reviewing = setInterval(connections.review, REVIEW_MS)
  const stopAnswering = answerLogins(hub, {
    issuerSeed,
    admit: createAdmit(people),
    nowMs,
    onLetIn: connections.add,
    say: (line) => log.info(line),
  })
  return () => {
    clearInterval(reviewing)
    stopAnswering()
  }
}

/** All that logins need but for the address by which people come. */
const createLogin = async (
  settings: Config['gateway'],
  registry: Parameters<typeof openDirectory>[0],
  nowMs: () => number,
): Promise<(url: URL) => NonNullable<GatewayAppDeps['login']>> => {
  const secret = settings.sessionSecret ?? (await provideSessionSecret(settings.stateDir))
  const directory = openDirectory(registry)
  const sealer = createSealer({ secret, nowMs })
  const logIn = createPasswordLogin({
    directory,
    verify: isPasswordOf,
    decoy: await hashPassword(randomBytes(16).toString('hex')),
  })
  return (url) => {
    const openId = createOpenId(settings.openid, new URL('/v1/login/openid/callback', url))
    const sessions = createSessions({ sealer, sessionMs: settings.sessionMs, isSecure: url.protocol === 'https:' })
    const whoIs = createWhoIs({ directory, issuer: openId?.issuer, nowMs })
    const identify = createIdentify({ whoIs, sessions })
    const tickets = createHubTickets(sealer)
    return {
      directory,
      sealer,
      sessions,
      whoIs,
      identify,
      tickets,
      logIn,
      openId,
      addressOf: createAddressOf(settings.proxies),
    }
  }
}

const readTls = async ({ cert, key }: Config['gateway']['tls']): Promise<{ cert: string; key: string } | undefined> => {
  if (cert === undefined || key === undefined) return undefined
  const read = async (file: string, setting: string): Promise<string> => {
    try {
      return await readFile(file, 'utf8')
    } catch (cause) {
      throw new FleetError('config.invalid', `${setting} can't be read: ${reasonOf(cause)}`, { cause })
    }
  }
  return { cert: await read(cert, 'gateway.tls.cert'), key: await read(key, 'gateway.tls.key') }
}
