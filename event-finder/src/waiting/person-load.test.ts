import { expect, test } from 'vitest'
import { createPersonLoad } from './person-load.ts'

test('each person has so many, own ones until they leave, others’ until they end or must have ended', () => {
  let now = 0
  const load = createPersonLoad(2, () => now)
  const take = (query: string, person = 'anna'): boolean => load.take({ query, person }) === undefined
  expect([take('a'), take('b'), take('c'), take('d', 'bob')]).toEqual([true, true, false, true])
  // What is heard of one's own changes nothing.
  load.hearAsked({ query: 'a', person: 'anna', endsWithinMs: 1 })
  load.hearEnded({ query: 'a', person: 'anna' })
  now = 10
  expect(take('c')).toBe(false)
  load.leave({ query: 'a', person: 'anna' })
  load.hearAsked({ query: 'x', person: 'anna', endsWithinMs: 100 })
  expect(take('c')).toBe(false)
  load.hearEnded({ query: 'x', person: 'anna' })
  load.hearAsked({ query: 'y', person: 'anna', endsWithinMs: 100 })
  now = 109
  expect(take('c')).toBe(false)
  now = 110
  expect([take('c'), take('e')]).toEqual([true, false])
})
