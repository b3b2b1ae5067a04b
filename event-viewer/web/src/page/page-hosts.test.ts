import { hostname, networkInterfaces } from 'node:os'
import { configSchema } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { pageHosts } from './page-hosts.ts'

const hostsFor = (settings: object): string[] => pageHosts(configSchema.parse(settings))

test('the page is at the loopback, at what the viewer listens at, and where a proxy has it', () => {
  expect(hostsFor({})).toEqual(['localhost', '127.0.0.1'])
  expect(hostsFor({ viewer: { host: '192.168.1.5' } })).toEqual(['localhost', '127.0.0.1', '192.168.1.5'])
  expect(hostsFor({ viewer: { host: '::1' } })).toEqual(['localhost', '127.0.0.1', '[::1]'])
  expect(
    hostsFor({ hub: { websocketOrigins: ['https://fleet.example.com', 'http://fleet.example.com:8080'] } }),
  ).toEqual(['localhost', '127.0.0.1', 'fleet.example.com'])
})

test('where the viewer listens everywhere, it is at every name and address of this machine', () => {
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all)
  const v4 = addresses.filter(({ family }) => family === 'IPv4').map(({ address }) => address)
  expect(v4.length).toBeGreaterThan(0)
  for (const host of ['0.0.0.0', '::']) {
    expect(hostsFor({ viewer: { host } })).toEqual(expect.arrayContaining([hostname(), ...v4]))
  }
})
