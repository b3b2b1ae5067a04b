import { expect, test } from 'vitest'
import { percentOf, timeLeftMs } from './run-outlook.ts'

const PROGRESS = {
  run: 'r',
  phase: 'generating',
  events: 250,
  total: 1000,
  eventsPerSecond: 50,
  elapsedMs: 5000,
  agents: 2,
} as const

test('a run goes on as it went so far', () => {
  expect([timeLeftMs(PROGRESS), percentOf(PROGRESS)]).toEqual([15_000, 25])
})

test('a run in real time goes on at its pace, however it began', () => {
  expect(timeLeftMs(PROGRESS, 75)).toBe(10_000)
})

test('before the first event nobody can tell how long it takes', () => {
  expect([timeLeftMs({ ...PROGRESS, events: 0 }), percentOf({ ...PROGRESS, events: 0 })]).toEqual([null, 0])
  expect(percentOf({ ...PROGRESS, events: 0, total: 0 })).toBeNull()
})

test('waiting for the collectors has no end that could be foretold', () => {
  const flushing = { ...PROGRESS, phase: 'flushing', events: 1000 } as const
  expect([timeLeftMs(flushing), percentOf(flushing)]).toEqual([null, null])
})
