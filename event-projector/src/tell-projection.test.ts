import { expect, test } from 'vitest'
import { tellProjection } from './tell-projection.ts'

test('a build is told when it begins, now and then, and when it ends', () => {
  let nowMs = 0
  const lines: string[] = []
  const tell = tellProjection('presence', {
    log: { info: (_: unknown, line?: string) => void lines.push(line!) },
    now: () => nowMs,
  })
  tell({ what: 'build', buckets: 64, why: 'it is new' })
  for (const date of ['2026-11-20', '2026-11-19', '2026-11-18']) {
    nowMs += 16_000
    tell({ what: 'date', buckets: 64, date, rows: 5 })
  }
  tell({ what: 'complete', buckets: 64 })
  tell({ what: 'replace', buckets: 32, date: '2026-11-20' })
  tell({ what: 'stale', buckets: 1 })
  expect(lines).toEqual([
    'presence (64 of 64 buckets) is built, the newest date first: it is new',
    'presence (64 of 64 buckets) is built down to 2026-11-19',
    'presence (64 of 64 buckets) is whole: every date is in it',
    '2026-11-20 of presence (32 of 64 buckets) was made anew: rows of it were taken out of the archive, or are in other files by now',
    'another projector went on with presence (1 of 64 buckets): its work stands',
  ])
})
