import type { Acknowledgement } from '@fleetlake/broker'
import { createRandomStreams, FleetError } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PublishState } from './move-publisher.ts'
import { createMovePublishing, type MovePublishingOptions, type PublishingEvent } from './move-publishing.ts'
import { createFakePublisher, type FakeMessage, type FakePublisher } from './testing/fake-publisher.ts'
import { createFakeStreams, type FakeStreams, type FakeStreamsOptions, type Fate } from './testing/fake-streams.ts'

/** What goes wrong. `answers`: streams reject, and do not answer; `remaking`: they are made again; `failing`: the publisher comes to its end. */
const TROUBLES = ['connections', 'answers', 'rooms', 'remaking', 'failing'] as const
type Trouble = (typeof TROUBLES)[number]

interface Play {
  readonly seed: number
  readonly steps: number
  readonly troubles: readonly Trouble[]
}

interface Played {
  readonly publisher: FakePublisher
  readonly streams: FakeStreams
}

const PARTITIONS = [0, 1, 2]

type WorldOptions = Omit<FakeStreamsOptions, 'partitions' | 'longestDelayMs'> & { readonly windowBytes: number }

const openWorld = ({ windowBytes, ...options }: WorldOptions): Played => {
  const { duplicateWindowMs } = options
  const longestDelayMs = Math.min(10_000, duplicateWindowMs / 2)
  const streams = createFakeStreams({ ...options, partitions: PARTITIONS.length, longestDelayMs })
  const publisher = createFakePublisher(
    { partitions: PARTITIONS, queueBytes: 1_000, windowBytes, duplicateWindowMs },
    { ...options, streams, repeatableMs: duplicateWindowMs - longestDelayMs },
  )
  return { publisher, streams }
}

/** Draws what happens, then lets everything come to its end with streams and a connection that work. */
const play = ({ seed, steps, troubles }: Play, tell: (text: () => string) => void): Played => {
  const random = createRandomStreams(Uint32Array.of(seed))
  const below = (most: number): number => Math.floor(random.next(0) * most)
  const one = <Value>(values: readonly Value[]): Value => values[below(values.length)]
  const has = (trouble: Trouble): boolean => troubles.includes(trouble)
  const duplicateWindowMs = one([2_000, 8_000, 30_000, 120_000])
  let nowMs = 1_000
  const { publisher, streams } = openWorld({
    windowBytes: one([100, 300, 5_000]),
    duplicateWindowMs,
    isCluster: below(3) === 0,
    room: has('rooms') ? below(10) : Infinity,
    now: () => nowMs,
    below,
    tell,
  })
  const pass = (ms: number): void => {
    streams.hurry(nowMs + ms)
    nowMs += ms
    tell(() => `at ${nowMs}`)
    publisher.tick()
  }
  const publish = (): void => publisher.publish(one(PARTITIONS), below(150))
  const handle = (fate: Fate): void => streams.handle(one(PARTITIONS), fate)
  const follow = (): void => {
    if (!publisher.isConnected) publisher.connect(below(2) === 0)
    else if (streams.isBroken()) publisher.disconnect()
  }
  /** So soon that what the last connection has brought may come after what the next one brings. */
  const change = (): void => {
    if (!publisher.isConnected) return
    streams.break()
    publisher.disconnect()
    publisher.connect(below(2) === 0)
  }
  /** Some events are frequent in a story and others do not come: what takes several of a kind is rare otherwise. */
  const times = (most: number, event: () => void): (() => void)[] =>
    Array.from({ length: below(most + 1) }, () => event)

  const usual = [
    publish,
    ...times(8, publish),
    ...times(12, () => handle('store')),
    ...times(12, publisher.hear),
    ...times(4, () => pass(below(30))),
    ...times(3, () => pass(below(700))),
    ...times(2, () => publisher.wait('room')),
    ...times(2, () => publisher.wait('drained')),
    ...times(4, follow),
  ]
  const fates: readonly Fate[] = ['mute', 'in-process', 'drop', 'unclear', 'reject']
  const seldom = [
    publish,
    ...times(2, () => pass(below(duplicateWindowMs))),
    ...times(2, () => pass(below(7_000))),
    ...(has('connections') ? [...times(4, streams.break), ...times(8, follow), ...times(4, change)] : []),
    ...(has('connections') ? times(2, publisher.reconnect) : []),
    ...(has('answers') ? fates.flatMap((fate) => times(4, () => handle(fate))) : []),
    ...(has('rooms') ? times(4, () => streams.purge(one(PARTITIONS), below(5))) : []),
    ...(has('remaking') ? times(2, () => streams.remake(one(PARTITIONS))) : []),
  ]
  const ends = has('failing') ? [() => handle('refuse'), publisher.spoil, publisher.close] : []

  publisher.connect(false)
  const odds = one([2, 4, 8, 16])
  for (let step = 0; step < steps; step++) {
    const events = below(odds) > 0 ? usual : seldom
    one(ends.length > 0 && below(40) === 0 ? ends : events)()
  }

  publisher.wait('room')
  publisher.wait('drained')
  for (let round = 0; publisher.waiting > 0 || !streams.isIdle(); round++) {
    if (round === 1_000) throw new Error('it is stuck')
    if (streams.isBroken()) follow()
    for (let answers = 0; !streams.isIdle(); answers++) {
      if (answers === 10_000) throw new Error('it goes on for ever')
      for (const partition of PARTITIONS) {
        streams.purge(partition, 1)
        streams.handle(partition, 'store')
      }
      publisher.hear()
    }
    pass(500)
  }
  return { publisher, streams }
}

/** What is to hold after whatever was played; where it does not, the error says what happened. */
const always = (troubles: readonly Trouble[], check: (played: Played) => void): void => {
  const plays = fc.record({
    seed: fc.integer(),
    steps: fc.integer({ min: 10, max: 300 }),
    troubles: fc.constant(troubles),
  })
  fc.assert(
    fc.property(plays, (one) => {
      try {
        check(play(one, () => undefined))
      } catch (error) {
        const story: string[] = []
        try {
          play(one, (text) => story.push(text()))
        } catch {}
        throw new Error(`${(error as Error).message}\n${story.join('\n')}`, { cause: error })
      }
    }),
    { numRuns: 1_000 },
  )
}

const copiesOf = ({ streams }: Played, { partition, id }: FakeMessage): number =>
  streams.stored(partition).filter((one) => one === id).length

/** Those that are not stored once, and those of which nothing is known though nothing told so. */
const misstored = (played: Played): FakeMessage[] =>
  played.publisher.messages.filter((message) => {
    const copies = copiesOf(played, message)
    return message.state === 'stored' ? copies !== 1 : message.state === 'open' || copies > 1
  })
/** What is said to hold a partition up though nothing waits: only that a message's fate is unknown is said until another is stored. */
const untrue = ({ publisher }: Played): string[] => publisher.notes.filter((note) => !note.startsWith('message '))
/** Partitions whose stream has another order, for no reason. */
const misordered = ({ publisher, streams }: Played): number[] =>
  PARTITIONS.filter((partition) => {
    const stored = publisher.messages.filter((one) => one.partition === partition && one.state === 'stored')
    const ids = stored.map(({ id }) => id)
    const found = streams.stored(partition).filter((id) => ids.includes(id))
    return !streams.isDisordered(partition) && found.join() !== ids.join()
  })

test('whatever happens in whatever order: each message is stored once or told as unknown, in order unless something fails', () => {
  always(['connections', 'answers', 'rooms'], (played) => {
    expect([...misstored(played), ...misordered(played), ...untrue(played)]).toEqual([])
  })
})

test('where only connections break, each message is stored once or told as unknown, in order', () => {
  always(['connections'], (played) => {
    expect([...misstored(played), ...misordered(played), ...untrue(played)]).toEqual([])
  })
})

test('where streams are made again, what is counted as stored was stored', () => {
  always(['connections', 'answers', 'rooms', 'remaking'], (played) => {
    const stored = played.publisher.messages.filter(({ state }) => state === 'stored')
    expect(stored.filter((message) => copiesOf(played, message) === 0)).toEqual([])
  })
})

test('once a publisher has failed no caller waits, and what was stored before is stored once', () => {
  always(['connections', 'answers', 'rooms', 'failing'], (played) => {
    const { messages, hasFailed, waiting } = played.publisher
    const doubled = messages.filter((message) => copiesOf(played, message) > 1)
    expect([waiting, doubled, hasFailed ? [] : misstored(played)]).toEqual([0, [], []])
  })
})

test('the worlds hold what they are about', () => {
  const seen = new Set<string>()
  for (let seed = 0; seed < 400; seed++) {
    const troubles = TROUBLES.filter((_, i) => (seed >> i) % 2 === 0)
    for (const what of play({ seed, steps: 200, troubles }, () => undefined).publisher.seen) seen.add(what)
  }
  const states = ['publishing', 'full', 'waiting', 'unknown']
  const codes = ['publish.unknown', 'publish.refused', 'hub.closed']
  const answers = ['admitted', 'drained', ...codes.map((code) => `refused: ${code}`)]
  expect([...seen].toSorted()).toEqual([...states, ...answers, 'replaced', 'not replaced'].toSorted())
})

test('what happens in a partition is the same whether another has room or not', () => {
  const script = fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 400 }),
      fates: fc.array(fc.constantFrom<Fate>('store', 'store', 'mute', 'reject'), { maxLength: 5 }),
      ms: fc.integer({ min: 0, max: 300 }),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(script, (steps) => {
      const storyBeside = (messages: number): readonly string[] => {
        const story: string[] = []
        let nowMs = 0
        const { publisher, streams } = openWorld({
          windowBytes: 300,
          duplicateWindowMs: 120_000,
          isCluster: false,
          room: 0,
          now: () => nowMs,
          below: () => 0,
          tell: (text) => story.push(`${nowMs} ${text()}`),
        })
        streams.purge(1, Infinity)
        publisher.connect(false)
        for (let i = 0; i < messages; i++) publisher.publish(0, 200)
        for (const { size, fates, ms } of steps) {
          publisher.publish(1, size)
          for (let i = 0; i < messages; i++) streams.handle(0, 'store')
          for (const fate of fates) streams.handle(1, fate)
          for (let i = 0; i < messages + fates.length; i++) publisher.hear()
          nowMs += ms
          publisher.tick()
        }
        expect(publisher.messages.filter(({ partition, state }) => partition === 0 && state === 'stored')).toEqual([])
        return story.filter((line) => /r\/a\/1\/|"partition":1/.test(line))
      }
      expect(storyBeside(20)).toEqual(storyBeside(0))
    }),
  )
})

const OPTIONS: MovePublishingOptions = { partitions: [0, 1], queueBytes: 1_000, duplicateWindowMs: 120_000 }

const published = (partition: number, n: number, bytes = 100): PublishingEvent => ({
  kind: 'published',
  partition,
  move: { n, id: `${partition}/${n}`, header: new Uint8Array(0), payload: new Uint8Array(bytes), rows: 1 },
})
const answered = (attempt: number, answer: Acknowledgement, n = 1): PublishingEvent => ({
  kind: 'answered',
  partition: 0,
  n,
  attempt,
  answer,
})
const rejection = (
  reason: string,
  how: { readonly isFull?: boolean; readonly isFinal?: boolean },
): Acknowledgement => ({
  kind: 'rejected',
  reason,
  isFull: false,
  isFinal: false,
  ...how,
})

test('what holds a partition up is told once, and that nothing does any more', () => {
  const publishing = createMovePublishing(OPTIONS)
  publishing.step({ kind: 'connected', server: 'A' }, 0)
  expect(publishing.step(published(0, 1), 0)).toEqual([{ kind: 'send', partition: 0 }])
  expect(publishing.take(0, 0)).toMatchObject({ id: '0/1', attempt: 1 })
  const full = answered(1, rejection('maximum bytes exceeded', { isFull: true }))
  expect(publishing.step(full, 1)).toEqual([
    { kind: 'tell', state: { partition: 0, state: 'full', reason: 'maximum bytes exceeded' } },
  ])
  expect(publishing.stats().note).toBe('partition 0 is full: waiting for the archive to catch up')
  expect(publishing.step({ kind: 'tick' }, 1_000)).toEqual([{ kind: 'send', partition: 0 }])
  expect(publishing.take(0, 1_000)).toMatchObject({ id: '0/1', attempt: 2 })
  expect(publishing.step(answered(2, rejection('no quorum', {})), 1_001)).toEqual([
    { kind: 'tell', state: { partition: 0, state: 'waiting', reason: 'no quorum' } },
  ])
  expect(publishing.stats().note).toBe('partition 0 is waiting: no quorum')
  publishing.step({ kind: 'waiting', until: 'drained' }, 1_002)
  expect(publishing.take(0, 2_000)).toMatchObject({ id: '0/1', attempt: 3 })
  expect(publishing.step(answered(3, { kind: 'stored', sequence: 7, duplicate: false }), 2_001)).toEqual([
    { kind: 'tell', state: { partition: 0, state: 'publishing' } },
    { kind: 'drained', written: [{ partition: 0, lastSequence: 7, isReplaced: false }] },
  ])
  expect(publishing.stats()).toEqual({ messages: 1, rows: 1, bytes: 100, unknown: 0, waitingMs: 0 })
})

test('what is stored while a message before it is rejected does not show that nothing holds the partition up', () => {
  const publishing = createMovePublishing(OPTIONS)
  publishing.step({ kind: 'connected', server: 'A' }, 0)
  for (const n of [1, 2]) publishing.step(published(0, n), 0)
  for (const n of [1, 2]) expect(publishing.take(0, 0)?.n).toBe(n)
  publishing.step(answered(1, rejection('no quorum', {})), 1)
  expect(publishing.step(answered(1, { kind: 'stored', sequence: 1, duplicate: false }, 2), 2)).toEqual([
    { kind: 'send', partition: 0 },
  ])
  expect(publishing.stats().note).toBe('partition 0 is waiting: no quorum')
})

test('nothing holds a partition up in which nothing waits: an answer may come late', () => {
  const publishing = createMovePublishing(OPTIONS)
  publishing.step({ kind: 'connected', server: 'A' }, 0)
  publishing.step(published(0, 1), 0)
  publishing.take(0, 0)
  expect(publishing.step({ kind: 'tick' }, 5_000)).toEqual([
    { kind: 'tell', state: { partition: 0, state: 'waiting', reason: 'the hub does not answer' } },
    { kind: 'send', partition: 0 },
  ])
  expect(publishing.step(answered(1, { kind: 'stored', sequence: 1, duplicate: false }), 5_001)).toEqual([
    { kind: 'tell', state: { partition: 0, state: 'publishing' } },
  ])
  expect(publishing.step(answered(1, rejection('no quorum', {})), 5_002)).toEqual([])
})

test.each<[string, string | undefined, string | undefined, PublishState['state']]>([
  ['a server that was started again', 'A', 'B', 'full'],
  ['the same server', 'A', 'A', 'unknown'],
  ['a cluster', undefined, undefined, 'unknown'],
])(
  'when %s has no room, what an earlier connection brought is known not to be stored, or may be',
  (_, before, after, state) => {
    const publishing = createMovePublishing(OPTIONS)
    const told: PublishState[] = []
    const step = (event: PublishingEvent, nowMs: number): void => {
      for (const effect of publishing.step(event, nowMs)) if (effect.kind === 'tell') told.push(effect.state)
    }
    step({ kind: 'connected', server: before }, 0)
    step(published(0, 1), 0)
    expect(publishing.take(0, 0)).toMatchObject({ attempt: 1 })
    step({ kind: 'disconnected' }, 10)
    step({ kind: 'connected', server: after }, 20)
    expect(publishing.take(0, 20)).toMatchObject({ attempt: 2 })
    step(answered(2, rejection('no room', { isFull: true })), 30)
    step({ kind: 'tick' }, OPTIONS.duplicateWindowMs)
    expect(told.at(-1)?.state).toBe(state)
  },
)

test('when a stream can never take a message, callers are told why and nothing is sent any more', () => {
  const publishing = createMovePublishing(OPTIONS)
  publishing.step({ kind: 'connected', server: 'A' }, 0)
  publishing.step(published(0, 1, 1_000), 0)
  publishing.take(0, 0)
  publishing.step({ kind: 'waiting', until: 'room' }, 0)
  publishing.step({ kind: 'waiting', until: 'drained' }, 0)
  const error = new FleetError('publish.refused', 'the hub refuses a move of partition 0: too large')
  expect(publishing.step(answered(1, rejection('too large', { isFinal: true })), 1)).toEqual([
    { kind: 'refuse', until: 'room', error },
    { kind: 'refuse', until: 'drained', error },
  ])
  publishing.step(published(1, 1), 2)
  expect(publishing.take(1, 2)).toBeUndefined()
  expect(publishing.step({ kind: 'waiting', until: 'room' }, 3)).toEqual([{ kind: 'refuse', until: 'room', error }])
})

test('no more is on the way than a queue may hold', () => {
  const publishing = createMovePublishing({ ...OPTIONS, windowBytes: 5_000 })
  publishing.step({ kind: 'connected', server: 'A' }, 0)
  for (let n = 1; n <= 5; n++) publishing.step(published(0, n, 400), 0)
  expect([1, 2, 3, 4].map(() => publishing.take(0, 0)?.n)).toEqual([1, 2, 3, undefined])
})
