import { describe, expect, test } from 'vitest'
import { configSchema } from './config.ts'
import { mayPagesGenerate, mayPagesImport } from './page-rights.ts'

const rights = { generation: mayPagesGenerate, imports: mayPagesImport }

describe.each(['generation', 'imports'] as const)('the right to %s', (right) => {
  const may = (settings: object): boolean => rights[right](configSchema.parse(settings))

  test('is given where page and hub are on the loopback, and nowhere else', () => {
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

  test('is given where people log in, whose roles decide then', () => {
    expect(may({ auth: 'required', viewer: { host: '0.0.0.0' } })).toBe(true)
    expect(may({ auth: 'required', viewer: { [right]: false } })).toBe(false)
  })

  test('what is configured decides', () => {
    expect(may({ viewer: { [right]: false } })).toBe(false)
    expect(may({ viewer: { [right]: true, host: '0.0.0.0' } })).toBe(true)
  })
})
