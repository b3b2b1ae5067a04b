import { expect, test } from 'vitest'
import { fault } from '@fleetlake/core/testing'
import { formatCommit, parseCommit } from './actions.ts'

const parse = (text: string): unknown => parseCommit(new TextEncoder().encode(text), 'the commit', 3)

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
  expect(parseCommit(bytes, 'the commit', 3)).toEqual(actions)
})

test('kinds and fields that are not known are passed over', () => {
  expect(parse('{"color":{"name":"x"}}\n\n{"txn":{"appId":"a","version":1,"color":"red"}}')).toEqual([
    {},
    { txn: { appId: 'a', version: 1 } },
  ])
})

test.each([
  ['{"txn":{"appId":"a","version":1}', 'the commit, line 1, is not JSON'],
  ['{"txn":{"appId":"a","version":1}}\n{"add":{"path":"a"}}', 'the commit, line 2, is not an action of the log'],
  ['{"txn":{"appId":"a","version":-1}}', 'txn.version'],
  ['7', 'the commit, line 1,'],
])('what is not an action is told with its line: %s', (text, message) => {
  expect(() => parse(text)).toThrow(message)
})

const SEALED = [
  { commitInfo: { operation: 'WRITE' } },
  { txn: { appId: 'a', version: 1 } },
  { txn: { appId: 'b', version: 12 } },
]

test('a commit with its checksum is read as it was written, and at its version only', () => {
  const bytes = formatCommit(SEALED, 3)
  const [{ commitInfo: info }, ...rest] = parseCommit(bytes, 'the commit', 3)
  expect(info).toEqual({ operation: 'WRITE', checksum: expect.stringMatching(/^crc32:[0-9a-f]{8}$/) })
  expect(rest).toEqual(SEALED.slice(1))
  expect(() => parseCommit(bytes, 'the commit', 4)).toThrow('the commit is damaged')
})

test('a commit that was cut off anywhere is not believed, at the end of a line neither', () => {
  const bytes = formatCommit(SEALED, 3)
  for (let length = 0; length < bytes.length; length++) {
    expect(() => parseCommit(bytes.subarray(0, length), 'the commit', 3), String(length)).toThrow(
      fault('table.invalid'),
    )
  }
})

test.each([
  ['nothing', ''],
  ['lines without anything', '\n\n  \n'],
])('a commit of %s is told', (_, text) => {
  expect(() => parse(text)).toThrow(fault('table.invalid', 'the commit is empty'))
})

test('bytes that are not UTF-8 are not mended', () => {
  const bytes = new TextEncoder().encode('{"txn":{"appId":"aé","version":1}}')
  bytes[bytes.indexOf(0xc3)] = 0xff
  expect(() => parseCommit(bytes, 'the commit', 3)).toThrow('the commit is not UTF-8')
})
