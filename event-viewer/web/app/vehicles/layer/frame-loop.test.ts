import { expect, test } from 'vitest'
import { createFrameLoop, type FrameClock, type FrameLoop } from './frame-loop.ts'

interface Run {
  readonly loop: FrameLoop
  /** One animation frame; a map that moves draws in it, before or after the loop's own callback. */
  frame(map?: 'before' | 'after'): void
  wait(ms: number): void
  readonly draws: number[]
  readonly isAsleep: boolean
}

/** A screen whose frames come when the test says so. */
const run = (nextMs: (drawn: number) => number): Run => {
  let now = 0
  let frames: (() => void)[] = []
  const timers = new Map<object, { readonly at: number; readonly call: () => void }>()
  const clock: FrameClock = {
    now: () => now,
    nextFrame: (call) => {
      frames.push(call)
    },
    later: (call, ms) => {
      const key = {}
      timers.set(key, { at: now + ms, call })
      return () => timers.delete(key)
    },
  }
  const draws: number[] = []
  const loop = createFrameLoop((nowMs) => {
    draws.push(nowMs)
    return nextMs(draws.length)
  }, clock)
  return {
    loop,
    draws,
    frame: (map) => {
      now += 16
      const due = frames
      frames = []
      if (map === 'before') loop.mapDrew(true)
      for (const call of due) call()
      if (map === 'after') loop.mapDrew(true)
    },
    wait: (ms) => {
      now += ms
      for (const [key, { at, call }] of timers) {
        if (at > now) continue
        timers.delete(key)
        call()
      }
    },
    get isAsleep() {
      return frames.length === 0 && timers.size === 0
    },
  }
}

const NEVER = Number.POSITIVE_INFINITY

test('a change is drawn once, in the next frame, and then nothing runs', () => {
  const { loop, frame, draws, ...rest } = run(() => NEVER)
  loop.request()
  loop.request()
  frame()
  frame()
  expect(draws).toEqual([16])
  expect(rest.isAsleep).toBe(true)
})

test('what glides is drawn in every frame until it has arrived', () => {
  const glide = run((drawn) => (drawn < 3 ? 0 : NEVER))
  glide.loop.request()
  for (let i = 0; i < 6; i += 1) glide.frame()
  expect(glide.draws).toEqual([16, 32, 48])
  expect(glide.isAsleep).toBe(true)
})

test('what fades is drawn now and then, and a change in between is drawn at once', () => {
  const fade = run((drawn) => (drawn < 3 ? 250 : NEVER))
  fade.loop.request()
  fade.frame()
  fade.loop.request()
  fade.frame()
  fade.wait(249)
  fade.frame()
  expect(fade.draws).toEqual([16, 32])
  fade.wait(1)
  fade.frame()
  expect(fade.draws).toHaveLength(3)
  expect(fade.isAsleep).toBe(true)
})

test.each(['before', 'after'] as const)('a map that moves and draws %s is followed once a frame', (when) => {
  const glide = run(() => 0)
  glide.loop.request()
  glide.frame()
  for (let i = 0; i < 5; i += 1) glide.frame(when)
  // The first frame of the movement may be drawn twice: it was not known that the map would draw in it.
  expect(glide.draws.slice(2)).toEqual(when === 'before' ? [48, 64, 80, 96] : [32, 48, 64, 80, 96])
})

test('after the map has come to rest, gliding goes on', () => {
  const glide = run(() => 0)
  glide.frame('after')
  for (let i = 0; i < 4; i += 1) glide.frame()
  expect(glide.draws).toEqual([16, 48, 64, 80])
})

test('a map that draws without having moved leaves the loop asleep', () => {
  const still = run(() => NEVER)
  still.loop.mapDrew(false)
  still.frame()
  expect(still.draws).toEqual([])
  expect(still.isAsleep).toBe(true)
})
