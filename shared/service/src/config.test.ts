import type { FleetError } from '@fleetlake/core'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { fault } from '@fleetlake/core/testing'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listSettings } from '@fleetlake/contracts'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { loadConfig, type ConfigSources } from './config.ts'

const schema = z.strictObject({
  hub: z.strictObject({ url: z.string().default('nats://127.0.0.1:4222') }).prefault({}),
  collector: z
    .strictObject({
      maxRows: z.number().int().positive().default(1000).describe('rows that call for a flush'),
      maxAgeMs: z
        .union([
          z.number(),
          z
            .string()
            .regex(/^\d+ min$/)
            .transform((text) => parseInt(text) * 60_000),
        ])
        .default(60_000),
      types: z.array(z.string()).default([]),
      strict: z.boolean().default(false),
    })
    .prefault({}),
})

const defaults = {
  hub: { url: 'nats://127.0.0.1:4222' },
  collector: { maxRows: 1000, maxAgeMs: 60_000, types: [], strict: false },
}

const folder = mkdtempSync(join(tmpdir(), 'fleetlake-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const absent = join(folder, 'absent.yaml')
const load = (sources: ConfigSources): z.output<typeof schema> =>
  loadConfig(schema, { args: [], env: {}, defaultFile: absent, ...sources })

const messageOf = (action: () => unknown): string => {
  try {
    return `no error but ${JSON.stringify(action())}`
  } catch (error) {
    return `${(error as FleetError).code}: ${(error as FleetError).message}`
  }
}

const writeConfig = (content: string): string => {
  const file = join(folder, 'fleet.yaml')
  writeFileSync(file, content)
  return file
}

test('without any source every key has its default', () => {
  expect(load({})).toEqual(defaults)
})

test('a key has one name in the file, one as a variable and one as a flag', () => {
  expect(
    listSettings(schema).map(({ path, variable, flag, description }) => [path, variable, flag, description]),
  ).toEqual([
    ['hub.url', 'FLEET_HUB_URL', '--hub.url', undefined],
    ['collector.maxRows', 'FLEET_COLLECTOR_MAX_ROWS', '--collector.max-rows', 'rows that call for a flush'],
    ['collector.maxAgeMs', 'FLEET_COLLECTOR_MAX_AGE_MS', '--collector.max-age-ms', undefined],
    ['collector.types', 'FLEET_COLLECTOR_TYPES', '--collector.types', undefined],
    ['collector.strict', 'FLEET_COLLECTOR_STRICT', '--collector.strict', undefined],
  ])
})

test('a secret is never taken as a flag, and never shown', () => {
  const withSecret = z.strictObject({
    hub: z
      .strictObject({ url: z.string().default(''), password: z.string().min(3).meta({ secret: true }).optional() })
      .prefault({}),
  })
  const messageFor = (sources: ConfigSources): string =>
    messageOf(() => loadConfig(withSecret, { args: [], env: {}, defaultFile: absent, ...sources }))
  const why = 'and every user of this machine can read flags in its list of processes: set'
  expect(messageFor({ args: ['--hub.password', 'hunter2'] })).toBe(
    `config.invalid: --hub.password (from the command line) is a secret, ${why} FLEET_HUB_PASSWORD, or hub.password in a file that only this user may read`,
  )
  expect(messageFor({ args: ['--hub.url=nats://me:hunter2@hub:4222'] })).toBe(
    `config.invalid: --hub.url (from the command line) holds a password, ${why} FLEET_HUB_URL, or hub.url in a file that only this user may read`,
  )
  expect(messageFor({ args: ['--hub.url=nats://hub:4222/a:b@c'] })).toContain('no error')
  expect(messageFor({ env: { FLEET_HUB_PASSWORD: 'hunter2' } })).toContain('no error')
  expect(messageFor({ env: { FLEET_HUB_PASSWORD: 'x2' } })).toMatch(
    /^config\.invalid: hub\.password \(from FLEET_HUB_PASSWORD\) is not valid: /,
  )
})

test('flags win over variables, and variables over the file', () => {
  const defaultFile = writeConfig('hub: { url: file }\ncollector:\n  maxRows: 1\n  maxAgeMs: 2 min\n')
  const env = { FLEET_COLLECTOR_MAX_ROWS: '2', FLEET_COLLECTOR_MAX_AGE_MS: '3 min', HOME: '/' }
  const args = ['--collector.max-rows=3']
  expect(load({ defaultFile, env, args })).toEqual({
    hub: { url: 'file' },
    collector: { maxRows: 3, maxAgeMs: 180_000, types: [], strict: false },
  })
})

test('a file whose sections are all commented out has the defaults', () => {
  expect(load({ defaultFile: writeConfig('# nothing\n') })).toEqual(defaults)
  expect(load({ defaultFile: writeConfig('collector:\n  # maxRows: 1\n') })).toEqual(defaults)
})

test('a file can be named, and must then exist', () => {
  const file = writeConfig('collector: { maxRows: 7 }')
  expect(load({ args: ['--config', file] }).collector.maxRows).toBe(7)
  expect(load({ env: { FLEET_CONFIG: file } }).collector.maxRows).toBe(7)
  expect(() => load({ env: { FLEET_CONFIG: absent } })).toThrow(fault('config.invalid', `${absent} can't be read`))
})

test('texts are read as what their key accepts', () => {
  const read = (args: string[]): unknown => load({ args }).collector
  expect(read(['--collector.strict'])).toMatchObject({ strict: true })
  expect(read(['--collector.strict', 'false'])).toMatchObject({ strict: false })
  expect(read(['--collector.types', 'bus, taxi'])).toMatchObject({ types: ['bus', 'taxi'] })
  expect(read(['--collector.types=[bus]'])).toMatchObject({ types: ['bus'] })
  expect(load({ args: ['--hub.url', '42'] }).hub).toEqual({ url: '42' })
})

test('any whole number survives the way through a flag and through a variable', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), (maxRows) => {
      expect(load({ args: ['--collector.max-rows', String(maxRows)] }).collector.maxRows).toBe(maxRows)
      expect(load({ env: { FLEET_COLLECTOR_MAX_ROWS: String(maxRows) } }).collector.maxRows).toBe(maxRows)
    }),
  )
})

test('an unknown key is told with its source and the nearest known one', () => {
  const file = writeConfig('collector: { maxRow: 7 }')
  const messages: [ConfigSources, string][] = [
    [{ defaultFile: file }, `collector.maxRow (from ${file}) is not a known key, did you mean collector.maxRows?`],
    [
      { env: { FLEET_COLLECTOR_MAXROWS: '1' } },
      'FLEET_COLLECTOR_MAXROWS (from the environment) is not a known key, did you mean FLEET_COLLECTOR_MAX_ROWS?',
    ],
    [{ args: ['--zzz', '1'] }, '--zzz (from the command line) is not a known key'],
    [{ args: ['--hub.ur', '1'] }, '--hub.ur (from the command line) is not a known key, did you mean --hub.url?'],
    [{ args: ['stray'] }, 'stray (from the command line) is not a flag'],
  ]
  for (const [sources, message] of messages) expect(messageOf(() => load(sources))).toBe(`config.invalid: ${message}`)
})

test('a bad value is told with its key, its source and what is allowed', () => {
  const file = writeConfig('collector: { maxRows: -1 }')
  const messages: [ConfigSources, string][] = [
    [
      { defaultFile: file },
      `collector.maxRows (from ${file}) is -1: Too small: expected number to be >0 (rows that call for a flush)`,
    ],
    [
      { env: { FLEET_COLLECTOR_MAX_ROWS: 'many' } },
      'collector.maxRows (from FLEET_COLLECTOR_MAX_ROWS) is "many": ' +
        'Invalid input: expected number, received string (rows that call for a flush)',
    ],
    [
      { args: ['--collector.strict=maybe'] },
      'collector.strict (from --collector.strict) is "maybe": Invalid input: expected boolean, received string',
    ],
  ]
  for (const [sources, message] of messages) expect(messageOf(() => load(sources))).toBe(`config.invalid: ${message}`)
})

test('a section that is a value, and a file that is not YAML, are refused', () => {
  const file = writeConfig('collector: 5')
  expect(() => load({ defaultFile: file })).toThrow(
    fault('config.invalid', `collector (from ${file}) must be a section with keys below it`),
  )
  writeConfig('a: [')
  expect(() => load({ defaultFile: file })).toThrow(fault('config.invalid', `${file} is not YAML`))
})
