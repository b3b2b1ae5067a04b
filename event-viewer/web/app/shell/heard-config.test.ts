import { expect, test } from 'vitest'
import { clockAhead } from './heard-config.ts'

const SENT = 'Sat, 21 Nov 2026 09:00:00 GMT'
const SENT_MS = Date.UTC(2026, 10, 21, 9)
const HOUR_MS = 3_600_000

test('how far off the browser’s clock is is told by when an answer was sent, and not known without', () => {
  const ahead = [26 * HOUR_MS, -2 * HOUR_MS].map((fastMs) => clockAhead(SENT, SENT_MS + fastMs))
  expect(ahead).toEqual([-26 * HOUR_MS, 2 * HOUR_MS])
  expect([null, '', 'yesterday'].map((date) => clockAhead(date, SENT_MS))).toEqual([0, 0, 0])
  expect([-1_999, 0, 1_999].map((fastMs) => clockAhead(SENT, SENT_MS + fastMs))).toEqual([0, 0, 0])
})
