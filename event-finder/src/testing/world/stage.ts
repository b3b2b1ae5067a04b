import { createRandomStreams } from '@fleetlake/core'
import type { Time } from '../../drive.ts'

const TROUBLES = ['lose', 'kill', 'stop', 'freeze', 'fail', 'hang', 'cancel', 'leave', 'refuse', 'beSlow'] as const
/** What goes wrong in a world. */
export type Trouble = (typeof TROUBLES)[number]

/** What a tick may be late by, and an agent that goes on after it was frozen. */
export const LATE_MS = 40
/** Beyond the last that anything can still wait for. */
const END_MS = 400_000

export interface WorldReport {
  readonly violations: readonly string[]
  readonly story: readonly string[]
  /** What has happened: that a test meets what it is about can be seen. */
  readonly seen: ReadonlySet<string>
}

/** Where a world is played: chance from a seed, a clock of its own, and a hub that is late, overtakes, repeats and loses. */
export interface Stage {
  readonly may: Readonly<Record<Trouble, boolean>>
  below(most: number): number
  /** True once in so many times. */
  oneIn(times: number): boolean
  pick<Value>(values: readonly Value[]): Value
  now(): number
  /** @returns changes one's mind */
  after(ms: number, act: () => void): () => void
  /** For machines: timers are late by a little, as where others are at work. */
  readonly time: Time
  /** A message on its way. */
  carry(deliver: () => void): void
  tell(what: string): void
  note(what: string): void
  violate(what: string): void
  /** Plays until nothing is left to come. */
  play(): void
  report(): WorldReport
}

/** @param troubles what goes wrong; drawn when missing */
export const createStage = (seed: number, troubles?: readonly Trouble[]): Stage => {
  const random = createRandomStreams(Uint32Array.of(seed))
  const below = (most: number): number => Math.floor(random.next(0) * most)
  const oneIn = (times: number): boolean => below(times) === 0
  const may = Object.fromEntries(
    TROUBLES.map((trouble) => [trouble, troubles?.includes(trouble) ?? oneIn(3)]),
  ) as Record<Trouble, boolean>
  const violations: string[] = []
  const story: string[] = []
  const seen = new Set<string>()
  let clock = 0
  /** What is due next is the last; of what is due at once, what was planned first. */
  const agenda: { readonly atMs: number; readonly act: () => void; isOff: boolean }[] = []

  const tell = (what: string): void => void story.push(`${clock} ${what}`)
  const note = (what: string): void => void seen.add(what)
  const violate = (what: string): void => {
    tell(`!!! ${what}`)
    violations.push(what)
  }
  const after: Stage['after'] = (ms, act) => {
    const entry = { atMs: clock + ms, act, isOff: false }
    let [low, high] = [0, agenda.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (agenda[middle].atMs > entry.atMs) low = middle + 1
      else high = middle
    }
    agenda.splice(low, 0, entry)
    return () => {
      entry.isOff = true
    }
  }

  return {
    may,
    below,
    oneIn,
    pick: (values) => values[below(values.length)],
    now: () => clock,
    after,
    time: { now: () => clock, after: (ms, act) => after(ms + (oneIn(3) ? below(LATE_MS) : 0), act) },
    carry: (deliver) => {
      if (may.lose && oneIn(12)) return note('message lost')
      after(below(oneIn(20) ? 2_000 : 30), deliver)
      if (oneIn(25)) after(below(4_000), deliver)
    },
    tell,
    note,
    violate,
    play: () => {
      for (let next = agenda.pop(); next !== undefined; next = agenda.pop()) {
        if (next.isOff) continue
        clock = next.atMs
        if (clock > END_MS) return violate('it goes on and on')
        next.act()
      }
    },
    report: () => ({ violations, story, seen }),
  }
}
