import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  advance,
  faster,
  fittingSpeed,
  openingTime,
  play,
  type ReplayClock,
  seekTo,
  slower,
  SPEEDS,
} from './replay-clock.ts'

const CLOCK: ReplayClock = { from: 1000, to: 11_000, time: 1000, speed: 10, isPlaying: true, isLooping: false }

test('a frame moves a playing clock on by its length times the speed, and a paused one not at all', () => {
  expect(advance(CLOCK, 16)).toEqual({ ...CLOCK, time: 1160 })
  expect(advance({ ...CLOCK, isPlaying: false }, 16)).toEqual({ ...CLOCK, isPlaying: false })
})

test('a frame that was long in coming does not make it jump', () => {
  const day = { ...CLOCK, to: 86_401_000 }
  expect(advance(day, 60_000)).toEqual({ ...day, time: 11_000 })
})

test('at its end it stands, and when looping it begins again', () => {
  const last = { ...CLOCK, time: 10_950 }
  expect(advance(last, 16)).toEqual({ ...last, time: 11_000, isPlaying: false })
  expect(advance({ ...last, isLooping: true }, 16)).toEqual({ ...last, time: 1110, isLooping: true })
})

test('played at its end it begins at its beginning', () => {
  expect(play({ ...CLOCK, time: 11_000, isPlaying: false })).toEqual({ ...CLOCK, time: 1000 })
  expect(play({ ...CLOCK, time: 5000, isPlaying: false })).toEqual({ ...CLOCK, time: 5000 })
})

test('a period of no length has been played at once, looping or not', () => {
  const instant = { ...CLOCK, to: 1000, isLooping: true }
  expect(advance(instant, 16)).toEqual({ ...instant, isPlaying: false })
})

test('it never leaves its period', () => {
  const clock = fc.record({
    from: fc.integer({ min: 0, max: 1e9 }),
    length: fc.integer({ min: 0, max: 1e6 }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    speed: fc.constantFrom(...SPEEDS),
    isLooping: fc.boolean(),
  })
  const frames = fc.array(fc.oneof(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.integer()), { maxLength: 20 })
  fc.assert(
    fc.property(clock, frames, ({ from, length, at, speed, isLooping }, steps) => {
      let now: ReplayClock = { from, to: from + length, time: from + at * length, speed, isLooping, isPlaying: true }
      for (const step of steps) {
        now = Number.isInteger(step) ? seekTo(now, step) : advance(now, step)
        expect(now.time).toBeGreaterThanOrEqual(now.from)
        expect(now.time).toBeLessThanOrEqual(now.to)
      }
    }),
  )
})

test('faster and slower go through the choice and stay at its ends', () => {
  const all = (next: (speed: number) => number, from: number): number[] => {
    const seen = [from]
    while (next(seen.at(-1)!) !== seen.at(-1)) seen.push(next(seen.at(-1)!))
    return seen
  }
  expect(all(faster, 1)).toEqual(SPEEDS)
  expect(all(slower, 1000)).toEqual(SPEEDS.toReversed())
  expect([faster(3), slower(3)]).toEqual([5, 2])
})

test('an hour is replayed in half a minute, a day as fast as there is', () => {
  expect([fittingSpeed({ from: 0, to: 3_600_000 }), fittingSpeed({ from: 0, to: 86_400_000 })]).toEqual([120, 1000])
})

test('it opens a hundredth after its beginning', () => {
  expect([openingTime({ from: 1000, to: 11_000 }), openingTime({ from: 5, to: 5 })]).toEqual([1100, 5])
})
