import { expect, test } from 'vitest'
import { periodStatsOf } from './period-stats.ts'

const WINDOW_MS = 600_000
const chunk = (i: number) => ({ windowFrom: i * WINDOW_MS, cell: 'c', rows: 2, bytes: 10, vehicles: ['v'] })

test('a flush of years tells its totals, and only its latest windows, since a message has an end', () => {
  const written = Array.from({ length: 50_000 }, (_, i) => chunk(i))
  const stats = periodStatsOf(
    { version: 3, committed: [], stale: [], written },
    { collector: 'me', windowMs: WINDOW_MS, now: 1e12 },
  )
  expect(stats).toMatchObject({ rows: 100_000, bytes: 500_000, files: 50_000, version: 3, lagMs: 0 })
  expect(stats.windows).toHaveLength(1_000)
  expect(stats.windows.at(-1)!.from).toBe(new Date(49_999 * WINDOW_MS).toISOString())
  expect(JSON.stringify(stats).length).toBeLessThan(500_000)
})
