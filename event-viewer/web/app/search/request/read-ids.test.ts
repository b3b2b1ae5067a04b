import { expect, test } from 'vitest'
import { faultOfIds, readIds } from './read-ids.ts'

test('ids are read however they were copied, each once', () => {
  expect(readIds('taxi-1, taxi-2\r\ntaxi 3;\n\n"taxi-4"\ttaxi-1\n')).toEqual(['taxi-1', 'taxi-2', 'taxi 3', 'taxi-4'])
  expect(readIds(' \n ')).toEqual([])
})

test('too many ids, and ids that are too long, are told', () => {
  const many = Array.from({ length: 100_001 }, (_, i) => `v${i}`)
  expect([faultOfIds(many), faultOfIds(['x'.repeat(257)]), faultOfIds(many.slice(1))]).toEqual([
    '100,001 ids are too many: a search takes 100,000.',
    `“${'x'.repeat(40)}…” is longer than 256 characters.`,
    undefined,
  ])
})
