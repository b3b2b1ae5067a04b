import { expect, test } from 'vitest'
import { hubSettingsOf } from './hub-settings.ts'

const config = {
  hub: { url: null, port: 9222, user: null, password: null },
  partitions: [0, 1],
  partitioning: { by: 'cell', geohashLength: 5 },
  futureToleranceMs: 60_000,
  clockAheadMs: -93_600_000,
} as const

test('without an address the hub is at the host of the page', () => {
  const urls = [
    { protocol: 'http:', hostname: 'localhost' },
    { protocol: 'https:', hostname: 'fleet.example.com' },
    { protocol: 'http:', hostname: '[::1]' },
  ].map((page) => hubSettingsOf(config, page, false).url)
  expect(urls).toEqual(['ws://localhost:9222', 'wss://fleet.example.com:9222', 'ws://[::1]:9222'])
})

test('what is configured is used, and what is not is left out', () => {
  const page = { protocol: 'http:', hostname: 'localhost' }
  expect(hubSettingsOf(config, page, true)).toEqual({
    url: 'ws://localhost:9222',
    hasTickets: true,
    partitions: [0, 1],
    partitioning: { by: 'cell', geohashLength: 5 },
    clockAheadMs: -93_600_000,
    futureToleranceMs: 60_000,
  })
  const hub = { url: 'wss://hub.example.com/ws', port: 1, user: 'anna', password: 'x' }
  expect(hubSettingsOf({ ...config, hub }, page, false)).toMatchObject({
    url: hub.url,
    user: 'anna',
    password: 'x',
  })
})
