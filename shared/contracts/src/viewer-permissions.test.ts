import { expect, test } from 'vitest'
import { configSchema } from './config.ts'
import { mayPagesGenerate } from './viewer-permissions.ts'

const may = (settings: object): boolean => mayPagesGenerate(configSchema.parse(settings))

test('pages may generate where page and hub are on the loopback, and nowhere else', () => {
  const loopback = [
    {},
    { viewer: { host: 'localhost' }, hub: { url: 'nats://localhost:4222' } },
    { viewer: { host: '::1', hubUrl: 'ws://[::1]:9222' }, hub: { url: 'nats://[::1]' } },
    { hub: { websocketOrigins: ['http://localhost:3001', 'http://127.0.0.2'] } },
  ]
  const elsewhere = [
    { viewer: { host: '0.0.0.0' } },
    { viewer: { host: '::' } },
    { viewer: { host: '192.168.1.5' } },
    { viewer: { host: 'localhost.example.com' } },
    { viewer: { hubUrl: 'wss://fleet.example.com/hub' } },
    { hub: { url: 'nats://hub.example.com:4222' } },
    { hub: { websocketOrigins: ['http://localhost:3001', 'https://fleet.example.com'] } },
  ]
  expect(loopback.filter((settings) => !may(settings))).toEqual([])
  expect(elsewhere.filter(may)).toEqual([])
})

test('what is configured decides', () => {
  expect(may({ viewer: { generation: false } })).toBe(false)
  expect(may({ viewer: { generation: true, host: '0.0.0.0' } })).toBe(true)
})
