import fc from 'fast-check'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { eventsOfShare, planRun } from './plan-run.ts'
import type { RunRequest } from './plan-run.ts'
import { shareOf } from './share.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 0, 5, 12)
const plan = (request: Partial<RunRequest>): ReturnType<typeof planRun> =>
  planRun({ vehicles: 10, now: NOW, toleranceMs: 60_000, retentionMs: 100 * DAY_MS, ...request })

test('a run without a start time ends now, and begins now in real time', () => {
  const fast = { vehicles: 10, intervalMs: 5000, ticks: 720, events: 7200 }
  expect(plan({ durationMs: 3_600_000 })).toEqual({
    ...fast,
    startTime: NOW - 3_600_000,
    endTime: NOW,
    speedFactor: Infinity,
  })
  expect(plan({ durationMs: 3_600_000, realTime: true })).toEqual({
    ...fast,
    startTime: NOW,
    endTime: NOW + 3_600_000,
    speedFactor: 1,
  })
  expect(plan({ durationMs: 3_600_000, speedFactor: 10 }).startTime).toBe(NOW - 0.9 * 3_600_000)
})

test('a run ends at exactly the given number of events, or after whole intervals', () => {
  expect(plan({ events: 101 })).toMatchObject({ ticks: 11, events: 101 })
  expect(plan({ durationMs: 5001 })).toMatchObject({ ticks: 2, events: 20 })
  expect(plan({ events: 101, durationMs: 5000 })).toMatchObject({ ticks: 1, events: 10 })
})

test('a run that would be ahead of the clock is refused and says what to do', () => {
  expect(() => plan({ durationMs: 3_600_000, startTime: NOW })).toThrow(
    fault(
      'generation.refused',
      "the run's reports would be up to 3600 s in the future, and 60 s are allowed: " +
        'start it earlier, make it shorter, leave the start time out, or run it in real time',
    ),
  )
  expect(() => plan({ durationMs: 3_600_000, startTime: NOW + 60_001, realTime: true })).toThrow(
    fault('generation.refused'),
  )
  expect(() => plan({ durationMs: 3_600_000, startTime: NOW, speedFactor: 2 })).toThrow('up to 1800 s')
  expect(plan({ durationMs: 3_600_000, startTime: NOW - 3_540_000 }).endTime).toBe(NOW + 60_000)
  expect(plan({ durationMs: 3_600_000, startTime: NOW + 60_000, realTime: true }).startTime).toBe(NOW + 60_000)
})

test('a run without an end or with a number out of range is refused', () => {
  expect(() => plan({})).toThrow(fault('generation.refused', 'the run has no end: give events or a duration'))
  expect(() => plan({ events: 1.5 })).toThrow(fault('generation.refused', 'events is 1.5: give a whole number above 0'))
  expect(() => plan({ vehicles: 0, events: 1 })).toThrow(
    fault('generation.refused', 'vehicles is 0: give a whole number above 0'),
  )
  expect(() => plan({ durationMs: NaN })).toThrow(
    fault('generation.refused', 'durationMs is NaN: give a number above 0'),
  )
  expect(() => plan({ events: 1, startTime: NaN })).toThrow(fault('generation.refused', 'the start time is not a time'))
})

test('a run beyond the bounds of one is refused and says which', () => {
  const most = { vehicles: 1_000_000, intervalMs: 1000 }
  expect(plan({ ...most, durationMs: 1_000_000 }).events).toBe(1_000_000_000)
  expect(() => plan({ ...most, durationMs: 1_000_001 })).toThrow(
    fault(
      'generation.refused',
      'the run would make 1,001,000,000 positions, and 1,000,000,000 are allowed: ' +
        'have fewer vehicles, a longer interval or a shorter duration',
    ),
  )
  expect(plan({ vehicles: 1, durationMs: 31 * DAY_MS }).ticks).toBe((31 * DAY_MS) / 5000)
  expect(() => plan({ vehicles: 1, events: (31 * DAY_MS) / 5000 + 86_400 })).toThrow(
    fault(
      'generation.refused',
      'the run would simulate 36 days, and 31 days are allowed: make it shorter, or have more vehicles for as many positions',
    ),
  )
  expect(plan({ durationMs: DAY_MS, realTime: true }).speedFactor).toBe(1)
  expect(() => plan({ durationMs: 3 * DAY_MS, realTime: true, speedFactor: 2 })).toThrow(
    fault(
      'generation.refused',
      'the run would take 1.5 days, and 1 day is allowed: make it shorter, or raise the speed factor',
    ),
  )
})

test('a run that begins before what the archive keeps is refused', () => {
  expect(plan({ events: 1, startTime: NOW - 100 * DAY_MS }).startTime).toBe(NOW - 100 * DAY_MS)
  expect(() => plan({ events: 1, startTime: NOW - 101 * DAY_MS })).toThrow(
    fault('generation.refused', 'the run would begin 101 days ago, and the archive keeps 100 days: start it later'),
  )
})

test('the shares of the agents make exactly the events of the run', () => {
  const whole = fc.integer({ min: 1, max: 400 })
  fc.assert(
    fc.property(whole, whole, fc.integer({ min: 1, max: 7 }), (vehicles, events, agents) => {
      const run = plan({ vehicles, events })
      const made = Array.from({ length: agents }, (_, agent) => {
        const share = shareOf(vehicles, agent, agents)
        let reports = 0
        for (let k = 0; k < run.ticks; k++) {
          for (let n = 0; n < share.count; n++) if (k * vehicles + share.first + n * share.stride < events) reports++
        }
        expect(eventsOfShare(run, share)).toBe(reports)
        return reports
      })
      expect(made.reduce((sum, reports) => sum + reports, 0)).toBe(events)
    }),
  )
})

test('there is no agent beyond the last', () => {
  expect(() => shareOf(10, 2, 2)).toThrow(fault('generation.refused', 'there is no agent 2 of 2: count agents from 0'))
})
