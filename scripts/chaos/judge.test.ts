import { expect, test } from 'vitest'
import { judge } from './judge.ts'

test('what is missing, too often or from nowhere is counted', () => {
  const stored = new Map(Object.entries({ a: 1, b: 2, c: 1, d: 1 }))
  const archived = new Map(Object.entries({ a: 1, b: 1, d: 3, e: 2 }))
  expect(judge(stored, archived)).toEqual({ rows: 5, lost: 2, doubled: 2, invented: 2 })
})

test('the same rows are right', () => {
  const rows = new Map(Object.entries({ a: 1, b: 2 }))
  expect(judge(rows, rows)).toEqual({ rows: 3, lost: 0, doubled: 0, invented: 0 })
})
