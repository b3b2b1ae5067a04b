import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReportLag } from './report-lag.ts'

test('it is the lower median of the reports of the last three seconds', () => {
  const sample = fc.record({
    lagMs: fc.integer({ min: -5_000, max: 100_000 }),
    reports: fc.integer({ min: 1, max: 5 }),
    afterMs: fc.constantFrom(0, 10, 900, 4_000),
  })
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 40 }), (samples) => {
      const lag = createReportLag()
      let nowMs = 0
      let last: number | undefined
      const heard: { readonly atMs: number; readonly lagMs: number }[] = []
      for (const { lagMs, reports, afterMs } of samples) {
        nowMs += afterMs
        lag.add(lagMs, reports, nowMs)
        for (let i = 0; i < reports; i++) heard.push({ atMs: nowMs, lagMs })
        const recent = heard.filter(({ atMs }) => nowMs - atMs <= 3_000).toSorted((a, b) => a.lagMs - b.lagMs)
        last = recent[Math.ceil(recent.length / 2) - 1].lagMs
        expect(lag.medianMs(nowMs)).toBe(last)
      }
      expect(lag.medianMs(nowMs + 60_000)).toBe(last)
    }),
  )
})

test('one clock that is wrong decides nothing', () => {
  const lag = createReportLag()
  for (let i = 0; i < 10; i++) lag.add(200 + i, 1, 1_000)
  lag.add(-59_000, 1, 1_000)
  lag.add(3_000_000, 1, 1_000)
  expect(lag.medianMs(1_100)).toBe(204)
})
