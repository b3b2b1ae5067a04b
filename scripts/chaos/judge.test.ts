import { expect, test } from 'vitest'
import { compareFound, judge } from './judge.ts'

test('what is missing, too often or from nowhere is counted', () => {
  const stored = new Map(Object.entries({ a: 1, b: 2, c: 1, d: 1 }))
  const archived = new Map(Object.entries({ a: 1, b: 1, d: 3, e: 2 }))
  expect(judge(stored, archived)).toEqual({ rows: 5, lost: 2, doubled: 2, invented: 2 })
})

test('the same rows are right', () => {
  const rows = new Map(Object.entries({ a: 1, b: 2 }))
  expect(judge(rows, rows)).toEqual({ rows: 3, lost: 0, doubled: 0, invented: 0 })
})

test('a search is right when it finds each distinct report of the table, though a compaction has taken duplicates out meanwhile', () => {
  const archived = new Map(Object.entries({ a: 1, b: 2, c: 1 }))
  expect(compareFound(archived, archived)).toEqual([])
  expect(compareFound(new Map(Object.entries({ a: 1, b: 1, c: 1 })), archived)).toEqual([])
  expect(compareFound(new Map(Object.entries({ a: 2, b: 3, c: 1 })), archived, { mayRepeat: true })).toEqual([])
  expect(compareFound(new Map(Object.entries({ a: 2, b: 3, d: 1 })), archived)).toEqual([
    'a search says that it is complete and misses 1 of 3 reports',
    'a search found 1 reports that the table does not hold',
    'a search found 2 reports more often than the table holds them',
  ])
})
