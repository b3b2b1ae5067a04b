import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createAddressOf } from './client-address.ts'

const addressOf = async (proxies: readonly string[], remote: string, forwarded?: string): Promise<string> => {
  const app = new Hono()
  const of = createAddressOf(proxies)
  app.get('/', (c) => c.text(of(c)))
  const headers = forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded }
  const env = { incoming: { socket: { remoteAddress: remote } } } as unknown as HttpBindings
  return (await app.request('/', { headers }, env)).text()
}

test.each<readonly [string, readonly string[], string, string | undefined, string]>([
  ['where it comes from', [], '192.0.2.1', undefined, '192.0.2.1'],
  ['not what it says', [], '192.0.2.1', '10.0.0.1', '192.0.2.1'],
  ['what a proxy says', ['192.0.2.0/24'], '192.0.2.1', '203.0.113.5', '203.0.113.5'],
  ['not what came to the proxy', ['192.0.2.1'], '192.0.2.1', '10.9.9.9, 203.0.113.5', '203.0.113.5'],
  ['through two proxies', ['192.0.2.1', '198.51.100.0/24'], '192.0.2.1', '203.0.113.5, 198.51.100.7', '203.0.113.5'],
  ['the proxy, when it says nothing usable', ['192.0.2.1'], '192.0.2.1', 'unknown', '192.0.2.1'],
  ['the proxy, when it says nothing', ['192.0.2.1'], '192.0.2.1', undefined, '192.0.2.1'],
  ['IPv4 in the form of IPv6', ['192.0.2.1'], '::ffff:192.0.2.1', '::ffff:203.0.113.5', '203.0.113.5'],
  ['the network of an IPv6 address', [], '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
  ['the network of a short one', [], '2001:db8::6', undefined, '2001:db8:0:0::/64'],
  ['the loopback', ['::1'], '::1', '2001:0db8::1', '2001:db8:0:0::/64'],
])('a request is of %s', async (_, proxies, remote, forwarded, expected) => {
  expect(await addressOf(proxies, remote, forwarded)).toBe(expected)
})
