import { expect, test } from 'vitest'
import { configSchema, DEFAULT_CONFIG, hubPortOf } from './config.ts'
import { configReference } from './reference/config-reference.ts'
import { listSettings } from './settings.ts'

const settings = listSettings(configSchema)

test('every setting says what it is for', () => {
  expect(settings.length).toBeGreaterThan(60)
  expect(settings.filter(({ description = '' }) => description.length < 10).map(({ path }) => path)).toEqual([])
})

test('every setting whose name says so is a secret, and no other', () => {
  const named = settings.filter(({ path }) => /password|secret|token|accountKey$|connectionString/i.test(path))
  expect(named.length).toBeGreaterThan(5)
  expect(settings.filter(({ isSecret }) => isSecret)).toEqual(named)
})

test('a number that is called one of ms or bytes, or memory, is a duration or a size, and no other number is', () => {
  const kinds = settings.map(({ path, kind }) => [path, kind])
  const byName = settings.map(({ path }) => [
    path,
    /(Ms|Interval)$/.test(path) ? 'duration' : /bytes|memory/i.test(path) ? 'size' : undefined,
  ])
  expect(kinds).toEqual(byName)
})

test('the reference shows sizes and durations in units, whatever the setting is called', () => {
  const row = (path: string): string[] =>
    configReference()
      .split('\n')
      .find((line) => line.startsWith(`| \`${path}\``))!
      .split(' | ')
      .slice(1, 3)
  expect(row('finder.tailMemory')).toEqual(['`256 MiB`', 'size'])
  expect(row('compactor.memory')).toEqual(['`512 MiB`', 'size'])
  expect(row('hub.duplicateWindowMs')).toEqual(['`2 min`', 'duration'])
  expect(row('archive.windowMs')).toEqual(['`10 min`', 'duration'])
  expect(row('partitioning.count')).toEqual(['`8`', 'whole number ≥ 1 and ≤ 64'])
})

test("a hub's address without a port has the port of the default one", () => {
  expect(hubPortOf(DEFAULT_CONFIG.hub.url)).toBe(4222)
  expect([hubPortOf('nats://localhost'), hubPortOf('nats://localhost:4333')]).toEqual([4222, 4333])
})
