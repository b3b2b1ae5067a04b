import { createMemoryStore } from '@fleetlake/archive'
import { isPasswordOf, openRegistry, type Registry } from '@fleetlake/registry'
import { listen } from '@fleetlake/service/http'
import { createGatewayApp } from '../gateway-app.ts'
import { createAddressOf } from '../http/client-address.ts'
import { createHubTickets } from '../hub/hub-tickets.ts'
import type { OpenId } from '../login/openid.ts'
import { createPasswordLogin } from '../login/password-login.ts'
import { createSealer, type Sealer } from '../login/sealer.ts'
import { createSessions } from '../login/sessions.ts'
import { openDirectory } from '../people/directory.ts'
import { createIdentify, createWhoIs } from '../people/identify.ts'
import { createClient, type Client } from './client.ts'

export const PASSWORD = 'correct horse battery'
/** Of that password, with a cost that costs nothing. */
export const HASH = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aVw+uxzwdEqVo4tlI8TS7Q'
export const OTHER_HASH = HASH.replace('c2FsdHNhbHQ', 'c2FsdHNhbHU')

export interface TestApp {
  readonly url: string
  readonly registry: Registry
  readonly sealer: Sealer
  /** What was logged. */
  readonly lines: readonly string[]
  /** Of a browser, or a program. */
  client(headers?: Record<string, string>): Client
  close(): Promise<void>
}

export interface TestAppOptions {
  readonly nowMs?: () => number
  readonly secret?: string
  readonly isSecure?: boolean
  readonly origins?: readonly string[]
  readonly proxies?: readonly string[]
  readonly registry?: Registry
  readonly openId?: OpenId
  /** Counts the passwords that are compared. */
  readonly onCompare?: () => void
  readonly onLogin?: (result: 'ok' | 'refused') => void
}

/** The gateway's app on a real server of the loopback, over a registry in memory with the account `anna`. */
export const startTestApp = async (options: TestAppOptions = {}): Promise<TestApp> => {
  const { nowMs = Date.now, secret = 's'.repeat(32), isSecure = false, proxies = [], onCompare = () => {} } = options
  const registry = options.registry ?? (await openRegistry(createMemoryStore()))
  if (options.registry === undefined)
    await registry.put(
      'accounts',
      'anna',
      { role: 'dispatcher', password: HASH, disabled: false },
      { expected: 0, who: 'test' },
    )
  const directory = openDirectory(registry)
  const sealer = createSealer({ secret, nowMs })
  const sessions = createSessions({ sealer, sessionMs: 3_600_000, isSecure })
  const whoIs = createWhoIs({ directory, issuer: options.openId?.issuer, nowMs })
  const lines: string[] = []
  const say = (line: unknown): void => void lines.push(String(line))
  const app = createGatewayApp({
    login: {
      directory,
      sessions,
      sealer,
      whoIs,
      tickets: createHubTickets(sealer),
      identify: createIdentify({ whoIs, sessions }),
      logIn: createPasswordLogin({
        directory,
        decoy: OTHER_HASH,
        verify: (hash, password) => {
          onCompare()
          return isPasswordOf(hash, password)
        },
      }),
      openId: options.openId,
      addressOf: createAddressOf(proxies),
    },
    isSecure,
    origins: options.origins ?? ['http://localhost:3000'],
    hosts: ['localhost', '127.0.0.1'],
    unready: () => undefined,
    onLogin: options.onLogin,
    log: { info: say, error: (...parts: unknown[]) => say(parts.map(String).join(' ')) },
  })
  const server = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    of: { name: 'gateway', portVariable: 'FLEET_GATEWAY_PORT', inUse: 'gateway.port-in-use' },
  })
  return {
    url: server.url,
    registry,
    sealer,
    lines,
    client: (headers) => createClient(server.url, headers),
    close: () => server.close(),
  }
}
