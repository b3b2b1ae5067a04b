import { createMemoryStore } from '@fleetlake/archive'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { exportLine } from './export-entries.ts'
import { type Exported, importEntries, parseExport } from './import-entries.ts'
import { openRegistry, type Registry } from './open-registry.ts'

const token = (account: string) => ({ account, sha256: '0'.repeat(64) })

const registryWith = async (entries: readonly Exported[]): Promise<Registry> => {
  const registry = await openRegistry(createMemoryStore())
  await registry.change(() => entries.map((each) => ({ ...each, expected: 0, mayNotFit: true })), 'root')
  return registry
}
const exportOf = (registry: Registry): string =>
  registry
    .held()
    .map((each) => `${exportLine(each)}\n`)
    .join('')
const ENTRIES: readonly Exported[] = [
  { kind: 'tokens', id: 'x', value: token('anna') },
  { kind: 'tokens', id: 'y', value: { account: 'anna', sha256: '1'.repeat(64), scope: 'of a newer release' } },
  { kind: 'zones', id: 'depot "1"', value: [1, { a: null }] },
]
const valuesOf = (registry: Registry): unknown =>
  registry.held().map(({ change: { kind, id, value } }) => [kind, id, JSON.parse(value!)])

test('an export that is put back elsewhere holds the same, also what this release does not know', async () => {
  const from = await registryWith(ENTRIES)
  const to = await openRegistry(createMemoryStore())
  const parsed = parseExport(exportOf(from))
  expect(await importEntries(to, parsed, { who: 'olga' })).toEqual({
    added: 3,
    replaced: 0,
    unchanged: 0,
    faults: [
      'tokens y is kept and does not count: value: Unrecognized key: "scope"',
      'zones depot "1" is kept and does not count: this release does not know the kind',
    ],
  })
  expect(valuesOf(to)).toEqual(valuesOf(from))
  expect(to.held().map(({ change }) => change.who)).toEqual(['olga', 'olga', 'olga'])
  expect(await importEntries(to, parsed, { who: 'olga' })).toMatchObject({ added: 0, replaced: 0, unchanged: 3 })
  expect(to.version()).toBe(1)
})

test('what is there with another value refuses all, unless it is to be replaced', async () => {
  const to = await registryWith([{ kind: 'tokens', id: 'x', value: token('ben') }])
  await expect(importEntries(to, ENTRIES, { who: 'olga' })).rejects.toThrow(
    fault(
      'registry.conflict',
      /^tokens x is there with another value, by root at .*: with --replace the file's values/,
    ),
  )
  expect(to.held()).toHaveLength(1)
  expect(await importEntries(to, ENTRIES, { who: 'olga', replace: true })).toMatchObject({ added: 2, replaced: 1 })
  expect(to.find('tokens', 'x')?.change).toMatchObject({ version: 2, who: 'olga' })
  await to.put('tokens', 'x', null, { expected: 2, who: 'root' })
  expect(await importEntries(to, ENTRIES, { who: 'olga' })).toMatchObject({ added: 1, unchanged: 2 })
})

test('more than one commit takes is imported in parts', async () => {
  const to = await openRegistry(createMemoryStore())
  const many = Array.from({ length: 2_500 }, (_, i) => ({ kind: 'tokens', id: `t${i}`, value: token('anna') }))
  expect(await importEntries(to, many, { who: 'olga' })).toMatchObject({ added: 2_500, faults: [] })
  expect([to.version(), to.entries('tokens').size]).toEqual([3, 2_500])
})

test.each([
  ['{"kind":"tokens"', 'line 2 is not JSON'],
  ['[1]', 'line 2 is no entry: an entry has kind, id and value'],
  ['{"kind":"tokens","id":"x","value":null}', 'line 2 is no entry: an entry has kind, id and value'],
  ['{"kind":"a.b","id":"x","value":1}', /^line 2: "a\.b" is no kind/],
  ['{"kind":"tokens","id":"","value":1}', /^line 2: an id of tokens is 1 to 255 bytes/],
  ['{"kind":"tokens","id":"x","value":2}', 'line 2: tokens x is there twice'],
  [`{"kind":"tokens","id":"y","value":"${'x'.repeat(65_536)}"}`, /^line 2: tokens y: its value has 65538 bytes/],
])('a line %# that is no entry refuses the file', (line, message) => {
  expect(() => parseExport(`{"kind":"tokens","id":"x","value":1}\n${line}\n`)).toThrow(
    fault('registry.invalid', message),
  )
})
