import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { configSchema } from './config.ts'
import { checkListening, listeningFault, type ServerName } from './listening.ts'

const BEYOND: readonly (readonly [ServerName, object])[] = [
  ['viewer', { viewer: { host: '0.0.0.0' } }],
  ['viewer', { viewer: { host: '192.168.1.5' } }],
  ['viewer', { viewer: { host: '' } }],
  ['hub', { hub: { url: 'nats://0.0.0.0:4222' } }],
  ['hub', { hub: { url: 'nats://[::]:4222' } }],
  ['gateway', { gateway: { host: '::' } }],
  ['gateway', { gateway: { publicUrl: 'https://fleet.example.com' } }],
]

const mayListen = (server: ServerName, settings: object): boolean =>
  listeningFault(server, configSchema.parse(settings)) === undefined

test.each(['viewer', 'hub', 'gateway'] as const)('on the loopback the %s starts, whatever auth says', (server) => {
  expect([{}, { auth: 'required' }, { auth: 'none' }].map((settings) => mayListen(server, settings))).toEqual([
    true,
    true,
    true,
  ])
})

test.each(BEYOND)(
  'beyond the loopback the %s needs a login, or to be told that there is none: %j',
  (server, settings) => {
    expect([
      mayListen(server, settings),
      mayListen(server, { ...settings, auth: 'required' }),
      mayListen(server, { ...settings, auth: 'none' }),
    ]).toEqual([false, true, true])
  },
)

test('beyond the loopback metrics need a token of their own, or to be told that there is no login', () => {
  const beyond = { ops: { host: '0.0.0.0' } }
  const guarded = { ops: { host: '0.0.0.0', token: 'a-token-of-a-scraper' } }
  expect([
    mayListen('ops', {}),
    mayListen('ops', beyond),
    mayListen('ops', { ...beyond, auth: 'required' }),
    mayListen('ops', { ...beyond, auth: 'none' }),
    mayListen('ops', guarded),
    mayListen('ops', { ...guarded, auth: 'required' }),
  ]).toEqual([true, false, false, true, true, true])
})

test('a refusal names the setting and what to set', () => {
  expect(() => checkListening('gateway', configSchema.parse({ gateway: { host: '0.0.0.0' } }))).toThrow(
    fault(
      'config.invalid',
      'gateway.host is at 0.0.0.0, which other machines can reach, and the gateway asks for no login: set auth: required (FLEET_AUTH=required), so that people log in, ' +
        'or auth: none (FLEET_AUTH=none) if everyone who reaches it may use it',
    ),
  )
})
