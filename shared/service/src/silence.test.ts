import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSilence } from './silence.mjs'

const everyMs = 100

/** @returns at which look silence was told, of looks that come after the given times and find these numbers of new signs */
const lookAt = (looks: readonly { afterMs: number; signs: number }[], limitMs = 300): number => {
  const isSilent = createSilence({ everyMs, limitMs })
  let nowMs = 0
  let signs = 0
  return looks.findIndex((look) => {
    nowMs += look.afterMs
    signs += look.signs
    return isSilent(nowMs, signs)
  })
}
const inTime = { afterMs: everyMs, signs: 0 }

test('what gives no sign for as long as the limit is told, not a look sooner', () => {
  expect(lookAt([inTime, inTime, inTime, inTime, inTime])).toBe(3)
  expect(lookAt([inTime, inTime, { ...inTime, signs: 1 }, inTime, inTime, inTime])).toBe(5)
})

test('a stretch in which the watcher itself stood still counts for nothing, however long', () => {
  const asleep = { afterMs: 8 * 3_600_000, signs: 0 }
  expect(lookAt([inTime, asleep, inTime, asleep, inTime, { ...inTime, signs: 1 }])).toBe(-1)
  expect(lookAt([inTime, asleep, inTime, asleep, inTime, inTime])).toBe(5)
})

test('what gives a sign between any two looks is never told', () => {
  const look = fc.record({ afterMs: fc.integer({ min: 1, max: 10_000 }), signs: fc.integer({ min: 1, max: 3 }) })
  fc.assert(fc.property(fc.array(look), (looks) => lookAt(looks) === -1))
})
