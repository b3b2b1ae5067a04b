import { configSchema } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { forwardingFault, gatewayUrlOf } from './gateway-url.ts'

const urlOf = (settings: object): string | undefined => gatewayUrlOf(configSchema.parse(settings))?.href

test('the gateway is asked where a login is needed, at its port of this machine or where it is said to be', () => {
  const auth = 'required'
  expect(
    [
      {},
      { auth: 'none', gateway: { port: 3100 } },
      { auth, gateway: { port: 3100 } },
      { auth, gateway: { port: 3100, host: '0.0.0.0', publicUrl: 'https://fleet.example.com' } },
      { auth, gateway: { port: 3100, host: '192.168.1.5', publicUrl: 'https://fleet.example.com' } },
      { auth, viewer: { gatewayUrl: 'https://gate.example.com' } },
      {
        auth,
        viewer: { gatewayUrl: 'http://gateway:3100', host: '0.0.0.0' },
        gateway: { publicUrl: 'https://f.example' },
      },
    ].map(urlOf),
  ).toEqual([
    undefined,
    undefined,
    'http://127.0.0.1:3100/',
    'http://127.0.0.1:3100/',
    'http://192.168.1.5:3100/',
    'https://gate.example.com/',
    'http://gateway:3100/',
  ])
})

test.each<readonly [string, object, RegExp]>([
  ['no address of a gateway', {}, /set gateway\.port, .* or viewer\.gatewayUrl/],
  ['a port that is chosen later', { gateway: { port: 0 } }, /set gateway\.port/],
  [
    'a certificate, which is not of the loopback',
    { gateway: { port: 443, tls: { cert: 'a', key: 'b' } } },
    /set viewer\.gatewayUrl/,
  ],
  [
    'passwords that others can read',
    { viewer: { host: '0.0.0.0' }, gateway: { port: 3100 } },
    /over the network readable: put a proxy that does TLS before the viewer, and set gateway\.publicUrl/,
  ],
])('it does not start with %s', (_, settings, message) => {
  expect(() => urlOf({ auth: 'required', ...settings })).toThrow(fault('config.invalid', message))
})

test('where people come from other machines somebody has to be named whose word for their addresses counts', () => {
  const elsewhere = { publicUrl: 'https://fleet.example.com' }
  const settings = [
    {},
    { auth: 'required' },
    { auth: 'required', gateway: { publicUrl: 'http://localhost:3000' } },
    { auth: 'required', gateway: { ...elsewhere, proxies: ['127.0.0.1'] } },
    { auth: 'required', gateway: elsewhere },
  ]
  expect(settings.map((each) => forwardingFault(configSchema.parse(each)) !== undefined)).toEqual([
    false,
    false,
    false,
    false,
    true,
  ])
})
