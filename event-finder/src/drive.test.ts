import { expect, test } from 'vitest'
import { drive, type Time } from './drive.ts'

/** A clock that is set by hand. */
const createHandTime = () => {
  let now = 0
  let timers: { readonly at: number; readonly act: () => void }[] = []
  const time: Time = {
    now: () => now,
    after: (ms, act) => {
      const timer = { at: now + ms, act }
      timers.push(timer)
      return () => {
        timers = timers.filter((one) => one !== timer)
      }
    },
  }
  return {
    time,
    timers: () => timers.map(({ at }) => at),
    passTo: (at: number) => {
      now = at
      const due = timers.filter((timer) => timer.at <= at)
      timers = timers.filter((timer) => timer.at > at)
      for (const { act } of due) act()
    },
  }
}

test('what carrying out an effect brings is taken in when all effects of the event before are carried out', () => {
  const log: string[] = []
  const happen = drive<string, string>(
    { step: (event) => [`${event}.1`, `${event}.2`], wakeAt: () => undefined },
    {
      carryOut: (effect) => {
        log.push(effect)
        if (effect === 'a.1') happen('b')
      },
      tick: () => 'tick',
    },
  )
  happen('a')
  expect(log).toEqual(['a.1', 'a.2', 'b.1', 'b.2'])
})

test('a tick comes when it is due, by one timer at a time, and none when none is', () => {
  const hand = createHandTime()
  const log: [string, number][] = []
  let wakeMs: number | undefined = 100
  const happen = drive<string, never>(
    {
      step: (event, now) => {
        log.push([event, now])
        if (event === 'tick') wakeMs = now < 150 ? 200.5 : undefined
        return []
      },
      wakeAt: () => wakeMs,
    },
    { carryOut: () => undefined, tick: () => 'tick', time: hand.time },
  )
  happen('a')
  happen('b')
  expect(hand.timers()).toEqual([100])
  hand.passTo(100)
  expect(hand.timers()).toEqual([201])
  hand.passTo(201)
  expect(hand.timers()).toEqual([])
  expect(log).toEqual([
    ['a', 0],
    ['b', 0],
    ['tick', 100],
    ['tick', 201],
  ])
})
