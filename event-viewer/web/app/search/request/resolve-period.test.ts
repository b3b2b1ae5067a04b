import { expect, test } from 'vitest'
import { resolvePeriod, usualPeriod } from './resolve-period.ts'

const HOUR = 3_600_000
const now = Date.UTC(2026, 0, 5, 12)
const archive = { oldest: Date.UTC(2025, 5, 1), newest: Date.UTC(2026, 0, 3) }

test('a period that moves ends with the clock, or with the second of the newest event', () => {
  expect([
    resolvePeriod({ kind: 'last', ms: HOUR, until: 'now' }, { now, archive: undefined }),
    resolvePeriod({ kind: 'last', ms: HOUR, until: 'newest' }, { now, archive }),
    resolvePeriod({ kind: 'exact', from: 1, to: 2 }, { now, archive }),
    resolvePeriod({ kind: 'last', ms: HOUR, until: 'newest' }, { now, archive: undefined }),
    resolvePeriod({ kind: 'last', ms: HOUR, until: 'newest' }, { now, archive: { oldest: null, newest: null } }),
  ]).toEqual([
    { from: now - HOUR, to: now },
    { from: archive.newest + 1000 - HOUR, to: archive.newest + 1000 },
    { from: 1, to: 2 },
    undefined,
    undefined,
  ])
})

test('days are those of this machine, and follow each other', () => {
  const today = resolvePeriod({ kind: 'today' }, { now, archive })!
  const yesterday = resolvePeriod({ kind: 'yesterday' }, { now, archive })!
  expect(yesterday.to).toBe(today.from)
  expect([today.from, today.to, yesterday.from].map((ms) => new Date(ms).toTimeString().slice(0, 8))).toEqual(
    Array.from({ length: 3 }, () => '00:00:00'),
  )
  expect(today.from <= now && now < today.to).toBe(true)
})

test('all there is has the newest event and what comes meanwhile in it', () => {
  const ahead = { oldest: 0, newest: now + 100 * HOUR }
  expect([
    resolvePeriod({ kind: 'all' }, { now, archive })!.to > now,
    resolvePeriod({ kind: 'all' }, { now, archive: undefined })!.to > now,
    resolvePeriod({ kind: 'all' }, { now, archive: ahead })!.to > ahead.newest,
    resolvePeriod({ kind: 'all' }, { now, archive })!.from <= archive.oldest,
  ]).toEqual([true, true, true, true])
})

test('who asks nothing else means the last hour, of the archive when nothing comes any more', () => {
  expect([
    usualPeriod({ now, archive }),
    usualPeriod({ now, archive: { oldest: 0, newest: now - 60_000 } }),
    usualPeriod({ now, archive: undefined }),
    usualPeriod({ now, archive: { oldest: null, newest: null } }),
  ]).toEqual(['newest', 'now', 'now', 'now'].map((until) => ({ kind: 'last', ms: HOUR, until })))
})
