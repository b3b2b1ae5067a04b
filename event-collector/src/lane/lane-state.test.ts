import { createRandomStreams } from '@fleetlake/core'
import type { StoredMove } from '@fleetlake/hub'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLaneState, type LaneEffect, type LaneState } from './lane-state.ts'
import { type FakeLane, type Outcome, SEALING } from './testing/fake-lane.ts'
import { createLaneWorld, type LaneWorld } from './testing/lane-world.ts'
import type { Published } from './testing/stream-and-table.ts'

/** What is done to the stream meanwhile. */
type Trouble = 'none' | 'losing' | 'restoring' | 'both'

interface Play {
  readonly seed: number
  readonly steps: number
  readonly trouble: Trouble
  /** That read the partition at the same time. */
  readonly lanes: number
}

const OUTCOMES: readonly Outcome[] = ['commit', 'commit', 'commit', 'give-up', 'give-up-recorded', 'commit-untold']

/** Lets everything happen that may happen, with a server and a table that work. */
const calm = (world: LaneWorld, lanes: readonly FakeLane[], isDone: () => boolean): void => {
  for (let i = 0; !isDone(); i++) {
    if (i === 400) throw new Error('it is stuck')
    for (const lane of lanes) {
      for (let answers = 0; lane.answer(); answers++) if (answers === 10_000) throw new Error('it goes on for ever')
      lane.flush('commit')
      lane.tick()
    }
    world.pass(50)
  }
}

interface Played extends Play {
  readonly world: LaneWorld
  /** The messages of which the lanes knew that lived to the end. */
  readonly known: ReadonlySet<Published>
}

/** Draws what happens, then lets the lanes come to the end of the stream, and stop. */
const play = (one: Play, tell: (text: string) => void): Played => {
  const { seed, steps, trouble, lanes: count } = one
  const random = createRandomStreams(Uint32Array.of(seed))
  const below = (most: number): number => Math.floor(random.next(0) * most)
  const world = createLaneWorld({ below, tell })
  const lanes = Array.from({ length: count }, () => world.openLane())
  const some = (): FakeLane => lanes[below(count)]
  const times = (n: number, event: () => void): (() => void)[] => Array.from({ length: n }, () => event)
  const replaceOne = (): void => {
    // What a lane knows of a stream that was rolled back, and can't be seen of it any more, ends with the lane.
    if (trouble === 'both') return
    const at = below(count)
    lanes[at].stop()
    if (lanes[at].hasLeft) lanes[at] = world.openLane()
  }
  const pass = (): void => {
    world.pass(below(30))
    some().tick()
  }
  const usual = [
    pass,
    () => some().flush('commit'),
    () => some().flush(OUTCOMES[below(OUTCOMES.length)]),
    ...times(3, world.publishOne),
    ...times(6, () => void some().answer()),
  ]
  const losing = [world.lose, world.loseOne]
  // Some of them only, and more or less of them: what takes several of a kind is rare otherwise.
  const seldom = [
    () => some().ask(),
    () => some().seal(),
    () => some().fail(),
    () => some().spoil(),
    replaceOne,
    ...times(2, world.purge),
    ...(trouble === 'none' ? [] : [world.remake]),
    ...(trouble === 'losing' || trouble === 'both' ? losing : []),
    ...(trouble === 'restoring' || trouble === 'both' ? times(2, world.restore) : []),
  ].filter(() => below(3) > 0)
  const odds = [2, 4, 8, 16][below(4)]
  for (let i = 0; i < steps; i++) {
    const events = below(odds) > 0 ? usual : seldom
    events[below(events.length)]?.()
  }
  for (const at of lanes.keys()) {
    if (!lanes[at].hasStopped) continue
    calm(world, [lanes[at]], () => lanes[at].hasLeft)
    lanes[at] = world.openLane()
  }
  const isEmpty = (): boolean => lanes.every(({ isBuffering }) => !isBuffering)
  // Until what was done to the stream has been noticed; that is told with the next batch.
  let rounds = 0
  calm(world, lanes, () => ++rounds > 5 && isEmpty())
  for (const publish of times(3, world.publishOne)) publish()
  calm(world, lanes, () => world.isArchived() && isEmpty())
  // Two lanes may have read two states of a stream under one name, and neither knows of the other's.
  const isSure = count === 1 || trouble === 'losing'
  const known = new Set(isSure ? world.published.filter((message) => world.isKnown(message)) : [])
  for (const lane of lanes) lane.stop()
  calm(world, lanes, () => lanes.every(({ hasLeft, isBusy }) => hasLeft && !isBusy))
  expect(world.lanes.map(({ held }) => held)).toEqual(world.lanes.map(() => 0))
  return { ...one, world, known }
}

/** What is to hold after whatever was played; where it does not, the error says what happened. */
const always = (trouble: Trouble, lanes: readonly number[], check: (played: Played) => void): void => {
  const plays = fc.record({
    seed: fc.integer(),
    steps: fc.integer({ min: 10, max: 300 }),
    trouble: fc.constant(trouble),
    lanes: fc.constantFrom(...lanes),
  })
  fc.assert(
    fc.property(plays, (one) => {
      try {
        check(play(one, () => undefined))
      } catch (error) {
        const story: string[] = []
        try {
          play(one, (text) => story.push(text))
        } catch {}
        throw new Error(`${(error as Error).message}\n${story.join('\n')}`, { cause: error })
      }
    }),
    { numRuns: 1_000 },
  )
}

/** How often each message is in the table. */
const counts = ({ committed }: LaneWorld): Map<number, number> => {
  const found = new Map<number, number>()
  for (const { messages } of committed) {
    for (const { serial } of messages) found.set(serial, (found.get(serial) ?? 0) + 1)
  }
  return found
}
const isTold = ({ losses }: LaneWorld, { created, sequence }: Published): boolean =>
  losses.some((one) => one.created === created && one.from <= sequence && sequence <= (one.to ?? Infinity))
/** What is in no table, though the stream has it, or though a lane knew it and no loss was recorded. */
const forgotten = ({ world, known }: Played): Published[] => {
  const archived = counts(world)
  return world.published.filter(
    (one) => !archived.has(one.serial) && (world.isHeld(one) || (known.has(one) && !isTold(world, one))),
  )
}

test('whatever happens in whatever order: each message is in the table once, and nothing is told to be lost', () => {
  always('none', [1, 2], ({ world }) => {
    const once = world.published.map(({ serial }) => [serial, 1])
    expect([...counts(world)].toSorted(([a], [b]) => a - b)).toEqual(once)
    expect(world.losses).toEqual([])
  })
})

test('whatever goes missing, and whenever: what is not in the table is in a recorded loss, and of one lane nothing else is', () => {
  always('losing', [1, 1, 2], (played) => {
    const { world, lanes } = played
    const archived = counts(world)
    for (const count of archived.values()) expect(count).toBe(1)
    expect(forgotten(played)).toEqual([])
    if (lanes > 1) return
    for (const { created, from, to } of world.losses) {
      if (to === undefined) continue
      const said = world.published.filter(
        (one) => one.created === created && from <= one.sequence && one.sequence <= to,
      )
      expect(said.map(({ sequence }) => sequence)).toEqual(Array.from({ length: to - from + 1 }, (_, i) => from + i))
      expect(said.filter(({ serial }) => archived.has(serial))).toEqual([])
      expect(said.filter(world.isHeld)).toEqual([])
    }
  })
})

test('whatever is restored, and whenever: what the stream holds is in the table, and what was read and is gone is there or in a recorded loss', () => {
  always('restoring', [1, 1, 2], (played) => expect(forgotten(played)).toEqual([]))
})

test('so it is whatever goes missing and is restored, as long as something is left by which that can be seen', () => {
  always('both', [1], (played) => expect(forgotten(played)).toEqual([]))
})

const STREAM = { created: '2026-01-01T00:00:00Z', first: 1, last: 100, messages: 100, bytes: 100 }
const NOTHING = { txns: new Map<string, number>(), txnTimes: new Map<string, number>() }
const kinds = (effects: readonly LaneEffect[]): string[] => effects.map(({ kind }) => kind)

const movesOf = (first: number, count: number): StoredMove[] =>
  Array.from({ length: count }, (_, i) => ({
    sequence: first + i,
    timestampMs: first + i,
    subject: '',
    header: () => undefined,
    data: new Uint8Array(0),
  }))

/** A lane that waits for its first message. */
const begin = (): LaneState => {
  const lane = createLaneState({ partition: 0, maxStreamBytes: 400, seal: SEALING })
  expect(lane.step({ kind: 'started' }, 0)).toEqual([{ kind: 'look', witness: undefined, asksLast: false }])
  expect(lane.offset()).toBeUndefined()
  const from = { created: STREAM.created, sequence: 0 }
  expect(
    lane.step({ kind: 'looked', stream: STREAM, offsets: NOTHING, storedAt: undefined, lastStoredAt: undefined }, 0),
  ).toEqual([{ kind: 'open-reader', from }, { kind: 'read' }])
  expect(lane.offset()).toEqual(from)
  return lane
}
/** Takes messages, each of a row, into a batch of those after `before`. @returns what the lane does about them */
const take = (
  lane: LaneState,
  first: number,
  count: number,
  { startsAt = 0, bytes = 40, before = 0 } = {},
): string[] => {
  const moves = movesOf(first, count)
  const effects = lane.step({ kind: 'read', reading: { kind: 'moves', moves }, stream: STREAM }, 0)
  if (effects[0].kind === 'enter') lane.step({ kind: 'entered', isCareful: false }, 0)
  return [
    ...moves.flatMap(({ sequence }) => [
      ...kinds(lane.step({ kind: 'decoded', sequence, storedAt: sequence, startsAt }, 5)),
      ...kinds(lane.step({ kind: 'appended', rows: sequence - before, bytes, maxTime: startsAt }, 5)),
    ]),
    ...kinds(lane.step({ kind: 'taken' }, 5)),
  ]
}

test('a batch is sealed by its rows, its bytes or its age, by the end of a window, when it is asked for, and where the stream fills', () => {
  const lane = begin()
  expect(take(lane, 1, 2)).toEqual(['open-batch', 'append', 'append', 'read'])
  expect(lane.oldestStoredAt()).toBe(1)
  expect(take(lane, 3, 7).slice(-2)).toEqual(['seal', 'read'])
  expect(kinds(begin().step({ kind: 'seal' }, 0))).toEqual([])

  const large = begin()
  expect(take(large, 1, 1, { bytes: SEALING.maxBytes })).toEqual(['open-batch', 'append', 'seal', 'read'])

  const old = begin()
  take(old, 1, 1)
  expect(kinds(old.step({ kind: 'tick', stream: STREAM }, 5 + SEALING.maxAgeMs - 1))).toEqual([])
  expect(kinds(old.step({ kind: 'tick', stream: STREAM }, 5 + SEALING.maxAgeMs))).toEqual(['seal'])

  const windows = begin()
  take(windows, 1, 1, { startsAt: 9 })
  const next = { kind: 'read', reading: { kind: 'moves', moves: movesOf(2, 2) }, stream: STREAM } as const
  windows.step(next, 20)
  expect(kinds(windows.step({ kind: 'decoded', sequence: 2, storedAt: 2, startsAt: 9 }, 20))).toEqual(['append'])
  windows.step({ kind: 'appended', rows: 2, bytes: 80, maxTime: 9 }, 20)
  const after = windows.step({ kind: 'decoded', sequence: 3, storedAt: 3, startsAt: 10 }, 20)
  expect(kinds(after)).toEqual(['seal', 'open-batch', 'append'])
  expect(after[0]).toMatchObject({ range: { from: 0, to: 2, fromTimestampMs: 1, toTimestampMs: 2, readAt: 5 } })

  const asked = begin()
  take(asked, 1, 2)
  const { created } = STREAM
  expect(kinds(asked.step({ kind: 'asked', created: 'another', sequence: 1 }, 5))).toEqual([])
  expect(kinds(asked.step({ kind: 'asked', created, sequence: 3 }, 5))).toEqual([])
  expect(take(asked, 3, 1)).toEqual(['append', 'seal', 'read'])
  expect(kinds(asked.step({ kind: 'committed' }, 5))).toEqual(['pass', 'release'])
  expect(take(asked, 4, 1)).toEqual(['open-batch', 'append', 'read'])

  const filling = begin()
  take(filling, 1, 1)
  expect(kinds(filling.step({ kind: 'tick', stream: { ...STREAM, bytes: 9_999 } }, 5))).toEqual([])
  expect(kinds(filling.step({ kind: 'tick', stream: { ...STREAM, bytes: 10_000 } }, 5))).toEqual(['seal'])
})

/** A lane with a sealed batch, and another one that is being filled. */
const beginTwo = (): LaneState => {
  const lane = begin()
  take(lane, 1, 9)
  expect(take(lane, 10, 2, { before: 9 })).toEqual(['open-batch', 'append', 'append', 'read'])
  return lane
}

test('a batch that is given up takes the next one with it; one of which the rest was committed by another owner goes alone', () => {
  const lane = beginTwo()
  expect(lane.step({ kind: 'given-up' }, 5)).toEqual([
    { kind: 'release', batch: 'sealed' },
    { kind: 'release', batch: 'open' },
    { kind: 'close-reader' },
  ])
  expect(lane.offset()).toBeUndefined()
  // The answer to what was under way.
  expect(lane.step({ kind: 'read', reading: { kind: 'closed' }, stream: STREAM }, 5)).toEqual([
    { kind: 'look', witness: 11, asksLast: true },
  ])

  const overtaken = beginTwo()
  overtaken.step({ kind: 'read', reading: { kind: 'gap', from: 12, to: 14 }, stream: STREAM }, 5)
  const offsets = { ...NOTHING, txns: new Map([[`MOVES_0@${STREAM.created}#0`, 12]]) }
  expect(overtaken.step({ kind: 'compared', offsets, nextStoredAt: 15 }, 5)).toEqual([
    { kind: 'release', batch: 'open' },
    { kind: 'close-reader' },
  ])
})

test('what is buffered is sealed at once where the lane begins again or stops, and only then does it begin or leave', () => {
  const lane = beginTwo()
  const failed = kinds(lane.step({ kind: 'failed', reason: 'no answer' }, 5))
  expect(failed).toEqual(['warn', 'close-reader', 'pause'])
  expect(kinds(lane.step({ kind: 'committed' }, 5))).toEqual(['pass', 'release', 'seal'])
  expect(lane.step({ kind: 'paused' }, 5)).toEqual([])
  expect(kinds(lane.step({ kind: 'committed' }, 5))).toEqual(['release', 'look'])

  const stopping = beginTwo()
  expect(kinds(stopping.step({ kind: 'stopped' }, 5))).toEqual(['close-reader'])
  expect(kinds(stopping.step({ kind: 'committed' }, 5))).toEqual(['pass', 'release', 'seal'])
  expect(kinds(stopping.step({ kind: 'given-up' }, 5))).toEqual(['release', 'close-reader', 'leave'])
})

test('what was known of a stream that is gone is told with the next one, though some of it was committed meanwhile', () => {
  const lane = beginTwo()
  const again = { created: '2026-01-02T00:00:00Z', first: 1, last: 3, messages: 3, bytes: 3 }
  lane.step({ kind: 'read', reading: { kind: 'recreated', stream: again, seen: 20 }, stream: again }, 5)
  lane.step({ kind: 'committed' }, 5)
  const given = lane.step({ kind: 'given-up' }, 5)
  expect(given.at(-1)).toEqual({ kind: 'look', witness: undefined, asksLast: true })
  const offsets = { ...NOTHING, txns: new Map([[`MOVES_0@${STREAM.created}#0`, 9]]) }
  lane.step({ kind: 'looked', stream: again, offsets, storedAt: undefined, lastStoredAt: 30 }, 5)
  take(lane, 1, 1)
  expect(lane.step({ kind: 'seal' }, 5)).toMatchObject([
    { kind: 'seal', range: { from: 0, to: 1, losses: [{ created: STREAM.created, epoch: 0, from: 10, to: 20 }] } },
  ])
  lane.step({ kind: 'committed' }, 5)
  lane.step({ kind: 'failed', reason: 'no answer' }, 5)
  lane.step({ kind: 'paused' }, 5)
  const after = { ...offsets, txns: new Map([...offsets.txns, [`MOVES_0@${again.created}#0`, 1]]) }
  lane.step({ kind: 'looked', stream: again, offsets: after, storedAt: undefined, lastStoredAt: 30 }, 5)
  take(lane, 2, 1)
  expect(lane.step({ kind: 'seal' }, 5)).toMatchObject([{ kind: 'seal', range: { from: 1, to: 2, losses: [] } }])
})

test('what does not follow the last message is refused, and a message of which a part may be in the batch takes the batch with it', () => {
  const lane = begin()
  take(lane, 1, 2)
  lane.step({ kind: 'read', reading: { kind: 'moves', moves: movesOf(3, 2) }, stream: STREAM }, 5)
  expect(() => lane.step({ kind: 'decoded', sequence: 4, storedAt: 4, startsAt: 0 }, 5)).toThrow('read 4 after 2')
  lane.step({ kind: 'decoded', sequence: 3, storedAt: 3, startsAt: 0 }, 5)
  expect(kinds(lane.step({ kind: 'failed', reason: 'no memory' }, 5))).toEqual([
    'release',
    'warn',
    'close-reader',
    'pause',
  ])
  expect(lane.step({ kind: 'paused' }, 5)).toEqual([{ kind: 'look', witness: 2, asksLast: true }])
})

test('pauses double up to ten seconds, until messages are taken again', () => {
  const lane = begin()
  const pauses = Array.from({ length: 7 }, () => {
    const effects = lane.step({ kind: 'failed', reason: 'no answer' }, 0)
    lane.step({ kind: 'paused' }, 0)
    return effects.flatMap((effect) => (effect.kind === 'pause' ? [effect.ms] : []))
  })
  expect(pauses.flat()).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  lane.step({ kind: 'looked', stream: STREAM, offsets: NOTHING, storedAt: undefined, lastStoredAt: undefined }, 0)
  take(lane, 1, 1)
  expect(lane.step({ kind: 'failed', reason: 'no answer' }, 0)).toContainEqual({ kind: 'pause', ms: 500 })
})

test('once the hub is closed for good nothing else is read, and what is buffered goes into the table', () => {
  const lane = begin()
  take(lane, 1, 1)
  expect(lane.step({ kind: 'read', reading: { kind: 'closed' }, stream: STREAM }, 5)).toEqual([])
  expect(kinds(lane.step({ kind: 'tick', stream: undefined }, 100))).toEqual(['seal'])
  expect(kinds(lane.step({ kind: 'committed' }, 100))).toEqual(['pass', 'release'])
  expect(kinds(lane.step({ kind: 'stopped' }, 100))).toEqual(['close-reader', 'leave'])
})

test('a lane that has stopped takes nothing in, and leaves again where its entry was late', () => {
  const lane = begin()
  lane.step({ kind: 'read', reading: { kind: 'moves', moves: movesOf(1, 1) }, stream: STREAM }, 0)
  expect(kinds(lane.step({ kind: 'stopped' }, 0))).toEqual(['close-reader', 'leave'])
  expect(kinds(lane.step({ kind: 'entered', isCareful: false }, 0))).toEqual(['leave'])
  expect(lane.isTaking()).toBe(false)
})

test('where readers have ended abnormally the messages that they may have met are decoded carefully, until the table has them', () => {
  const lane = begin()
  const moves = movesOf(1, 1)
  lane.step({ kind: 'read', reading: { kind: 'moves', moves }, stream: STREAM }, 0)
  const effects = lane.step({ kind: 'entered', isCareful: true }, 0)
  expect(effects.at(-1)).toEqual({ kind: 'take', moves, carefulThrough: STREAM.last })
  lane.step({ kind: 'decoded', sequence: 1, storedAt: 1, startsAt: 0 }, 0)
  lane.step({ kind: 'appended', rows: 1, bytes: 40, maxTime: 0 }, 0)
  lane.step({ kind: 'taken' }, 0)
  lane.step({ kind: 'seal' }, 0)
  expect(kinds(lane.step({ kind: 'committed' }, 0))).toEqual(['release'])
  take(lane, 2, STREAM.last - 1)
  expect(kinds(lane.step({ kind: 'committed' }, 0))).toEqual(['pass', 'release'])
})

test('messages that are damaged or missing one behind the other are one loss, and a batch warns once of those that are damaged', () => {
  const fate = fc.constantFrom('whole', 'damaged', 'missing')
  fc.assert(
    fc.property(fc.array(fate, { minLength: 1, maxLength: 60 }), (fates) => {
      const lane = begin()
      const done: LaneEffect[] = []
      const step = (event: Parameters<LaneState['step']>[0]): void => void done.push(...lane.step(event, 5))
      for (const [i, one] of fates.entries()) {
        const sequence = i + 1
        if (one === 'missing') {
          step({ kind: 'read', reading: { kind: 'gap', from: sequence, to: sequence }, stream: STREAM })
          step({ kind: 'compared', offsets: NOTHING, nextStoredAt: sequence })
          continue
        }
        step({ kind: 'read', reading: { kind: 'moves', moves: movesOf(sequence, 1) }, stream: STREAM })
        if (done.at(-1)!.kind === 'enter') step({ kind: 'entered', isCareful: false })
        step({ kind: 'decoded', sequence, storedAt: sequence, startsAt: NaN, isDamaged: one === 'damaged' })
        step({ kind: 'appended', rows: 0, bytes: 1, maxTime: -Infinity })
        step({ kind: 'taken' })
      }
      const before = done.length
      step({ kind: 'seal' })
      const isLost = (i: number): boolean => fates[i] !== undefined && fates[i] !== 'whole'
      const starts = fates.flatMap((_, i) => (isLost(i) && !isLost(i - 1) ? [i + 1] : []))
      const ends = fates.flatMap((_, i) => (isLost(i) && !isLost(i + 1) ? [i + 1] : []))
      const messages = fates.filter((one) => one === 'damaged').length
      const warning = { kind: 'warn', what: { partition: 0, messages, from: 1, to: fates.length } }
      expect(done.slice(before)).toMatchObject([
        ...(messages > 0 ? [warning] : []),
        {
          kind: 'seal',
          range: { to: fates.length, losses: starts.map((from, i) => ({ from, to: ends[i], lastStored: ends[i] })) },
        },
      ])
      const warnings = done.filter(({ kind }) => kind === 'warn').length
      expect(warnings).toBe(fates.filter((one) => one === 'missing').length + (messages > 0 ? 1 : 0))
    }),
  )
})
