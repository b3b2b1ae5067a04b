import { ANYONE, personToken } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import type { RunStatus } from '../hub/generations/heard-runs.ts'
import { progressOfRun, runText, starterOf } from './run-words.ts'

const STATUS: RunStatus = {
  run: 'a',
  status: 'generating',
  startedAt: '2026-01-05T08:00:00Z',
  person: ANYONE,
  elapsedMs: 5_400,
  vehicles: 1_500,
  realTime: true,
  events: 1_204,
  total: 1_080_000,
  eventsPerSecond: 300,
  agents: 2,
}

test('a run says what it makes and how far it is', () => {
  expect([runText(STATUS), progressOfRun(STATUS), progressOfRun({ ...STATUS, total: 0 })]).toEqual([
    '1,500 vehicles in real time',
    '1,204 of 1,080,000 positions in 5 s',
    '1,204 positions in 5 s',
  ])
})

test('who has started a run is told by name where people log in, whatever the name and the token', () => {
  const starters = [ANYONE, 'anna', personToken('Ána b.'), personToken('a\u202eb'), '_ff'].map((person) =>
    starterOf({ ...STATUS, person }),
  )
  expect(starters).toEqual([undefined, 'anna', 'Ána b.', 'a\\u202eb', '_ff'])
})
