import { fault } from '@fleetlake/core/testing'
import { configSchema } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { checkPublicUrl } from './public-url.ts'

const check =
  (gateway: object, auth: string | undefined = 'required') =>
  () =>
    checkPublicUrl(configSchema.parse({ gateway, auth }))

const TLS = { cert: 'c.pem', key: 'k.pem' }

test.each([
  {},
  { publicUrl: 'http://localhost:3100' },
  { host: '192.168.1.5', tls: TLS },
  { host: '0.0.0.0', tls: TLS, publicUrl: 'https://fleet.example.com' },
  { publicUrl: 'https://fleet.example.com' },
])('%j is an address for passwords', (gateway) => {
  expect(check(gateway)).not.toThrow()
})

test.each([
  [{ host: '192.168.1.5' }, /readable: set gateway\.tls/],
  [{ publicUrl: 'http://fleet.example.com' }, /readable: set gateway\.tls/],
  [{ host: '0.0.0.0', publicUrl: 'http://localhost:3100' }, /readable: set gateway\.tls/],
  [{ host: '::', tls: TLS }, /^gateway\.host is ::: set gateway\.publicUrl/],
  [{ host: '', tls: TLS }, /^gateway\.host is empty: set gateway\.publicUrl/],
  [{ publicUrl: 'http://localhost:3100', tls: TLS }, /begins with http:\/\//],
])('%j is none', (gateway, message) => {
  expect(check(gateway)).toThrow(fault('config.invalid', message))
})

test('where nobody logs in there is no password to read', () => {
  expect(check({ host: '192.168.1.5' }, 'none')).not.toThrow()
})
