import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeStay, goesAtMs, staysUntilMs } from './retention.ts'
import { dateOf, periodOfDate } from './time-window.ts'

const DAY_MS = 86_400_000
const YEAR_MS = 365.25 * DAY_MS
const NOW_MS = Date.UTC(2026, 10, 29, 21)

test('rows of years ago stay for the retention from the end of the day on which they come', () => {
  const time = { retentionMs: 7 * YEAR_MS, nowMs: NOW_MS }
  expect(staysUntilMs('2008-02-02', time)).toBe(Date.UTC(2026, 10, 30) + 7 * YEAR_MS)
  const day = (date: string): number => periodOfDate(date).from
  expect(describeStay({ from: day('2008-02-02'), to: day('2008-02-02') + 1 }, time)).toBe(
    'rows of 2008-02-02 that are imported today stay until 2033-11-29',
  )
  expect(describeStay({ from: day('2008-02-02'), to: day('2008-02-08') }, time)).toBe(
    'rows of 2008-02-02 to 2008-02-08 that are imported today stay until 2033-11-29',
  )
  expect(describeStay({ from: NOW_MS, to: NOW_MS }, { ...time, retentionMs: 30 * DAY_MS })).toBe(
    'rows of 2026-11-29 that are imported today stay until 2027-01-01',
  )
})

const timeMs = fc.integer({ min: 0, max: NOW_MS })
const retentionMs = fc.oneof(fc.constantFrom(1, DAY_MS, 7 * YEAR_MS), fc.integer({ min: 1, max: 4 * DAY_MS }))

test('whenever a row comes, it stays for the retention since then, and since its own time', () => {
  fc.assert(
    fc.property(timeMs, fc.integer({ min: -DAY_MS, max: 5 * DAY_MS }), retentionMs, (eventTime, lateMs, retention) => {
      const until = staysUntilMs(dateOf(eventTime), { retentionMs: retention, nowMs: eventTime + lateMs })
      expect(until).toBeGreaterThanOrEqual(Math.max(eventTime, eventTime + lateMs) + retention)
      // What comes later takes nothing from what is there, and no date is kept for much longer than it must be.
      expect(goesAtMs(dateOf(eventTime), retention, undefined)).toBeLessThanOrEqual(until)
      expect(until).toBeLessThanOrEqual(Math.max(eventTime, eventTime + lateMs) + retention + 3 * DAY_MS)
    }),
    { numRuns: 2_000 },
  )
})

test('of several dates the sentence names when the first of them goes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -3 * DAY_MS, max: 9 * DAY_MS }),
      fc.integer({ min: 0, max: 9 * DAY_MS }),
      (age, length) => {
        const period = { from: NOW_MS - age, to: NOW_MS - age + length }
        const time = { retentionMs: 30 * DAY_MS, nowMs: NOW_MS }
        const dates = new Set<string>()
        for (let at = period.from; at <= period.to; at += DAY_MS / 2) dates.add(dateOf(at))
        dates.add(dateOf(period.to))
        const first = Math.min(...[...dates].map((date) => staysUntilMs(date, time)))
        expect(describeStay(period, time)).toMatch(new RegExp(`stay until ${dateOf(first)}$`))
      },
    ),
    { numRuns: 500 },
  )
})
