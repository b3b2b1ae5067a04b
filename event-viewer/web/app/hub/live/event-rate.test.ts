import { describe, expect, it } from 'vitest'
import { createEventRate } from './event-rate.ts'

describe('the event rate', () => {
  it('is what came in the three seconds before, by the second', () => {
    const rate = createEventRate()
    for (let ms = 0; ms < 5_000; ms += 50) rate.add(10, 1e12 + ms)
    expect(rate.perSecond(1e12 + 5_000)).toBe(200)
  })

  it('falls to nothing three seconds after the last event', () => {
    const rate = createEventRate()
    rate.add(1_500, 1e12)
    expect([100, 2_900, 3_000, 3_100, 60_000].map((ms) => rate.perSecond(1e12 + ms))).toEqual([500, 500, 500, 0, 0])
  })

  it('survives a clock that is set back', () => {
    const rate = createEventRate()
    rate.add(1_000, 1e12)
    rate.add(15, 1e12 - 3_600_000)
    expect(rate.perSecond(1e12 - 3_600_000 + 100)).toBe(5)
  })
})
