import { expect, test } from 'vitest'
import { formatCommit, parseCommit } from './actions.ts'

const parse = (text: string): unknown => parseCommit(new TextEncoder().encode(text), 'the commit')

test('a commit is one action a line, and is read back as it was written', () => {
  const actions = [
    { commitInfo: { operation: 'WRITE', commitId: 'x' } },
    { txn: { appId: 'MOVES_0@2026-11-21T09:00:00Z#0', version: 7, lastUpdated: 5 } },
    {
      add: {
        path: 'a',
        partitionValues: { date: '2026-11-21' },
        size: 1,
        modificationTime: 2,
        dataChange: true,
        stats: '{"numRecords":1}',
      },
    },
  ]
  const bytes = formatCommit(actions)
  expect(new TextDecoder().decode(bytes).split('\n')).toHaveLength(4)
  expect(parseCommit(bytes, 'the commit')).toEqual(actions)
})

test('kinds and fields that are not known are passed over', () => {
  expect(parse('{"domainMetadata":{"domain":"x"}}\n\n{"txn":{"appId":"a","version":1,"color":"red"}}')).toEqual([
    {},
    { txn: { appId: 'a', version: 1 } },
  ])
})

test.each([
  ['{"txn":{"appId":"a","version":1}', 'the commit, line 1, is not JSON'],
  ['{"txn":{"appId":"a","version":1}}\n{"add":{"path":"a"}}', 'the commit, line 2, is not an action of the log'],
  ['{"txn":{"appId":"a","version":-1}}', 'txn.version'],
  ['7', 'the commit, line 1,'],
])('what is no action is told with its line: %s', (text, message) => {
  expect(() => parse(text)).toThrow(message)
})
