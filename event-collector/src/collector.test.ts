import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createWorld, type FakeCollector, type FlushOutcome, type World } from './testing/collector-world.ts'

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await turn()
}

/** Lets everything happen that may happen, all flushes succeeding. */
const until = async (isDone: () => boolean, collectors: readonly FakeCollector[]): Promise<void> => {
  for (let i = 0; !isDone(); i++) {
    if (i === 3_000) throw new Error('it is stuck')
    for (const collector of collectors) collector.settle('commit')
    await turn()
  }
}

/** What the table holds must be contiguous for each name of a stream. */
const checkRanges = ({ committed }: World): void => {
  const ends = new Map<string, number>()
  for (const { appId, from, to } of committed) {
    expect([appId, from]).toEqual([appId, ends.get(appId) ?? 0])
    expect(to).toBeGreaterThan(from)
    ends.set(appId, to)
  }
}

const serialsOf = ({ committed }: World): number[] =>
  committed.flatMap(({ serials }) => serials).toSorted((a, b) => a - b)
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1)

const archive = async (world: World, collector: FakeCollector, partition: number): Promise<number | undefined> => {
  let answer: { committed: number | undefined } | undefined
  const { created, messages } = world.streams[partition]
  const request = { partition, stream: `MOVES_${partition}`, created, sequence: messages.length }
  void collector.flushThrough(request).then((committed) => (answer = { committed }))
  await until(() => {
    collector.tick()
    return answer !== undefined
  }, [collector])
  return answer!.committed
}

const end = async (collectors: readonly FakeCollector[]): Promise<void> => {
  const stopped = collectors.map((collector) => {
    const state = { isDone: false }
    void collector.stop().then(() => (state.isDone = true))
    return state
  })
  await until(() => stopped.every(({ isDone }) => isDone), collectors)
  for (const { bytes, pending, columnsTaken } of collectors)
    expect([bytes, pending, columnsTaken]).toEqual([0, undefined, 0])
}

const start = (world: World, options: { memory?: number; maxRows?: number } = {}): FakeCollector => {
  const collector = world.collector({ memory: 1e9, ...options })
  collector.assign(world.streams.map((_, partition) => partition))
  onTestFinished(() => end([collector]))
  return collector
}

test('what is read while a sealed batch is under way goes into the next, and a slow message never into a sealed one', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 2 })
  world.publish(0, 'arrow', 2)
  await turns(5)
  expect(collector.pending?.batches.map(({ from, to }) => [from, to])).toEqual([[0, 2]])
  world.publish(0, 'arrow')
  await turns(2)
  world.publish(0, 'foreign')
  world.nowMs += 60_000
  collector.settle('commit')
  collector.tick()
  await archive(world, collector, 0)
  checkRanges(world)
  expect(serialsOf(world)).toEqual(upTo(4))
})

test('what was given up is read again though nothing more comes', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 3 })
  world.publish(0, 'arrow', 3)
  await turns(5)
  collector.settle('give-up')
  await turns(5)
  expect(await archive(world, collector, 0)).toBe(3)
  expect(serialsOf(world)).toEqual([1, 2, 3])
  expect(world.warnings).toEqual([])
})

test('a partition that is lost and won again while it is flushed has one lane at a time', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 2 })
  world.publish(0, 'arrow', 2)
  await turns(5)
  world.publish(0, 'arrow')
  await turns(5)
  collector.assign([])
  collector.assign([0])
  collector.assign([])
  collector.assign([0])
  await turns(5)
  expect(collector.pending?.batches.map(({ from, to }) => [from, to])).toEqual([[0, 2]])
  expect(await archive(world, collector, 0)).toBe(3)
  expect(serialsOf(world)).toEqual([1, 2, 3])
})

test('a lane that leaves is flushed though others are always due', async () => {
  const world = createWorld(2)
  const collector = start(world, { maxRows: 1 })
  world.publish(0, 'arrow')
  world.publish(1, 'arrow')
  await turns(5)
  world.publish(0, 'arrow')
  await turns(5)
  collector.assign([1])
  for (let i = 0; i < 20; i++) {
    world.publish(1, 'arrow')
    collector.settle('commit')
    await turns(3)
    expect(collector.pending).not.toBe(undefined)
  }
  expect(world.committed.filter(({ appId }) => appId.startsWith('MOVES_0@')).map(({ to }) => to)).toEqual([1, 2])
})

test('a gap that another owner has committed and purged is not a gap; any other is told once and passed', async () => {
  const world = createWorld(1)
  const first = start(world)
  world.publish(0, 'arrow', 3)
  await turns(5)
  const second = start(world)
  await turns(5)
  world.publish(0, 'arrow', 4)
  // The first has not seen these when they are purged.
  first.assign([])
  expect(await archive(world, second, 0)).toBe(7)
  first.settle('commit')
  world.purge(0)
  first.assign([0])
  world.publish(0, 'arrow')
  expect(await archive(world, first, 0)).toBe(8)
  expect(world.warnings).toEqual([])
  second.assign([])
  world.publish(0, 'arrow', 5)
  world.lose(0, 13)
  expect(await archive(world, first, 0)).toBe(13)
  expect(world.warnings).toEqual(['messages are missing from the stream and are lost; see `fleet table losses`'])
  const gap = { partition: 0, created: 'c0', epoch: 0, from: 9, to: 13, firstStored: 8, lastStored: world.nowMs }
  expect(world.losses).toEqual([gap])
  world.publish(0, 'arrow')
  expect(await archive(world, first, 0)).toBe(14)
  expect(world.warnings).toHaveLength(1)
  checkRanges(world)
})

test('what another owner has committed and purged ahead of a paused reader is not a gap', async () => {
  const world = createWorld(2)
  const slow = start(world, { memory: 10_000 })
  world.publish(1, 'arrow', 4)
  world.publish(0, 'arrow')
  await turns(10)
  // It has read one message of partition 0 too, and waits for room.
  expect(slow.pending?.batches.map(({ partition, to }) => [partition, to])).toEqual([[1, 4]])
  const quick = start(world)
  world.publish(0, 'arrow', 20)
  expect(await archive(world, quick, 0)).toBe(21)
  world.purge(0)
  expect(world.streams[0].first).toBe(21)
  world.publish(0, 'arrow')
  expect(await archive(world, slow, 0)).toBe(22)
  expect(await archive(world, slow, 1)).toBe(4)
  expect(world.warnings).toEqual([])
  expect(serialsOf(world)).toEqual(upTo(26))
})

test('where collectors have ended abnormally, what the stream held is decoded alone, until the table has all of it', async () => {
  const world = createWorld(2)
  world.careful.add(0)
  world.publish(0, 'arrow', 10)
  world.publish(1, 'arrow', 10)
  const first = start(world, { maxRows: 3 })
  expect(await archive(world, first, 1)).toBe(10)
  expect(await archive(world, first, 0)).toBe(10)
  expect([world.decodedAlone, [...world.careful]]).toEqual([10, []])
  world.publish(0, 'arrow', 5)
  expect(await archive(world, first, 0)).toBe(15)
  expect(world.decodedAlone).toBe(10)
  checkRanges(world)
})

test('what was read of a stream that is made again is not lost', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 2 })
  world.publish(0, 'arrow', 2)
  await turns(5)
  world.publish(0, 'arrow')
  await turns(5)
  world.recreate(0)
  world.publish(0, 'arrow', 2)
  expect(await archive(world, collector, 0)).toBe(2)
  checkRanges(world)
  expect(serialsOf(world)).toEqual(upTo(5))
  expect(world.warnings).toEqual(['the stream was made again; reading it from its beginning'])
  // Whether more was acknowledged than was read nothing tells.
  const gone = { partition: 0, created: 'c0', epoch: 0, from: 4, to: undefined, firstStored: 3 }
  expect(world.losses).toEqual([{ ...gone, lastStored: world.nowMs }])
})

test('what is known to have been in a stream that is gone, and was not read, is a loss', async () => {
  const world = createWorld(1)
  const collector = start(world)
  world.publish(0, 'arrow', 3)
  await archive(world, collector, 0)
  world.recreate(0, 7)
  world.publish(0, 'arrow')
  expect(await archive(world, collector, 0)).toBe(1)
  const gone = { partition: 0, created: 'c0', epoch: 0, from: 4, to: 7, firstStored: 3, lastStored: world.nowMs }
  expect(world.losses).toEqual([gone])
})

test('what was read of a stream that is gone and could not be committed is a loss, to its last message', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 2 })
  world.publish(0, 'arrow', 2)
  await turns(5)
  world.recreate(0)
  await turns(5)
  collector.settle('give-up')
  await turns(5)
  world.publish(0, 'arrow')
  expect(await archive(world, collector, 0)).toBe(1)
  const gone = { partition: 0, created: 'c0', epoch: 0, from: 1, to: 2, firstStored: undefined }
  expect(world.losses).toEqual([{ ...gone, lastStored: world.nowMs }])
})

test('what a rolled back stream still holds is read again, and the rest of what was read and not committed is a loss', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 5 })
  world.publish(0, 'arrow', 5)
  await turns(5)
  world.rollBack(0, 3)
  await turns(5)
  collector.settle('give-up')
  await turns(5)
  expect(await archive(world, collector, 0)).toBe(3)
  expect(serialsOf(world)).toEqual([1, 2, 3])
  expect(world.losses).toMatchObject([{ epoch: 0, from: 4, to: 5 }])
})

test('a batch that was given up after its loss was recorded records the same loss again', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 1 })
  world.publish(0, 'arrow', 5)
  world.lose(0, 4)
  await turns(5)
  expect(collector.pending?.batches.map(({ losses }) => losses.length)).toEqual([1])
  collector.settle('give-up')
  await turns(5)
  expect(await archive(world, collector, 0)).toBe(5)
  const [one, again] = world.losses
  expect(one).toMatchObject({ from: 1, to: 4, firstStored: undefined, lastStored: 5 })
  expect(again).toEqual(one)
  expect(serialsOf(world)).toEqual([5])
})

test('what was read and given up is a loss too where the stream was made again, or rolled back, before it is looked at again', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 5 })
  world.publish(0, 'arrow', 5)
  await turns(5)
  collector.settle('give-up')
  world.rollBack(0, 3)
  await turns(5)
  expect(await archive(world, collector, 0)).toBe(3)
  expect(serialsOf(world)).toEqual([1, 2, 3])
  expect(world.losses).toMatchObject([{ created: 'c0', epoch: 0, from: 4, to: 5 }])
  world.publish(0, 'arrow', 5)
  await turns(5)
  collector.settle('give-up')
  world.recreate(0)
  world.publish(0, 'arrow')
  expect(await archive(world, collector, 0)).toBe(1)
  expect(world.losses.slice(1)).toMatchObject([{ created: 'c0', epoch: 1, from: 4, to: 8 }])
  expect(world.warnings).toHaveLength(2)
})

test('of a stream that was rolled back and has grown again all that was read and not committed is a loss: nothing tells what it has kept', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 5 })
  world.publish(0, 'arrow', 5)
  await turns(5)
  world.rollBack(0, 2)
  world.publish(0, 'arrow', 2)
  await turns(5)
  collector.settle('give-up')
  await turns(5)
  expect(await archive(world, collector, 0)).toBe(4)
  expect(serialsOf(world)).toEqual([1, 2, 6, 7])
  expect(world.losses).toMatchObject([{ epoch: 0, from: 1, to: 5 }])
})

test('what was lost with a stream is told though the stream is made again once more before anything of it is committed', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 2 })
  world.publish(0, 'arrow', 2)
  await turns(5)
  world.recreate(0)
  await turns(5)
  collector.settle('give-up')
  await turns(5)
  world.recreate(0)
  await turns(5)
  world.publish(0, 'arrow')
  expect(await archive(world, collector, 0)).toBe(1)
  expect(world.losses).toMatchObject([{ created: 'c0', epoch: 0, from: 1, to: 2 }])
})

test('what goes missing of a stream that was rolled back, before the first commit of its new epoch, is a loss', async () => {
  const world = createWorld(1)
  const collector = start(world, { maxRows: 4 })
  world.publish(0, 'arrow', 3)
  await archive(world, collector, 0)
  world.rollBack(0, 2)
  await turns(5)
  world.publish(0, 'arrow', 2)
  await turns(5)
  expect(collector.pending?.batches.map(({ appId, to }) => [appId, to])).toEqual([['MOVES_0@c0#1', 4]])
  collector.settle('give-up')
  world.lose(0, 4)
  world.publish(0, 'arrow')
  expect(await archive(world, collector, 0)).toBe(5)
  expect(world.losses.at(-1)).toMatchObject({ epoch: 1, from: 1, to: 4 })
})

test.each([
  ['fewer', 0],
  ['as many', 1],
  ['more', 9],
])(
  'a stream that was restored and holds %s messages than before is read again under another epoch',
  async (_, grown) => {
    const world = createWorld(1)
    const before = start(world)
    world.publish(0, 'arrow', 3)
    await archive(world, before, 0)
    world.purge(0)
    world.publish(0, 'arrow', 2)
    await archive(world, before, 0)
    await end([before])
    world.rollBack(0, 4)
    expect(world.streams[0].first).toBe(3)
    world.publish(0, 'arrow', grown)
    const after = start(world)
    await turns(10)
    expect(await archive(world, after, 0)).toBe(4 + grown)
    checkRanges(world)
    // Messages 3 and 4 are still there and are read again.
    expect(serialsOf(world)).toEqual([1, 2, 3, 3, 4, 4, 5, ...upTo(5 + grown).slice(5)])
    expect(world.committed.at(-1)).toMatchObject({ appId: 'MOVES_0@c0#1', to: 4 + grown })
    expect(world.warnings).toEqual([
      'the stream was restored to an earlier state; reading it again, rows may be doubled',
    ])
  },
)

test('a collector that is over its budget of memory reads on as soon as it has flushed', async () => {
  const world = createWorld(3)
  const collector = start(world, { memory: 0 })
  for (let i = 0; i < 30; i++) world.publish(i % 3, i % 5 === 0 ? 'malformed' : 'arrow')
  for (const partition of [0, 1, 2]) expect(await archive(world, collector, partition)).toBe(10)
  expect(serialsOf(world)).toEqual(upTo(30))
})

test('a request is answered for a stream of one’s own only', async () => {
  const world = createWorld(2)
  const collector = world.collector({ memory: 1e9 })
  collector.assign([0])
  onTestFinished(() => end([collector]))
  world.publish(0, 'arrow')
  const request = { partition: 1, stream: 'MOVES_1', created: 'c0', sequence: 1 }
  expect(await collector.flushThrough(request)).toBe(undefined)
  const waiting = collector.flushThrough({ ...request, partition: 0, stream: 'MOVES_0', sequence: 9 })
  collector.assign([])
  expect(await waiting).toBe(undefined)
})

type Command = readonly [name: string, run: (world: World, collectors: readonly FakeCollector[]) => void]

const PARTITIONS = 2
const partition = fc.nat(PARTITIONS - 1)
const who = fc.nat(1)
const outcome = fc.constantFrom<FlushOutcome>('commit', 'commit', 'commit', 'give-up', 'commit-untold')
const kind = fc.constantFrom('arrow' as const, 'arrow' as const, 'foreign' as const, 'malformed' as const)

const harmless: fc.Arbitrary<Command>[] = [
  fc
    .tuple(partition, kind, fc.integer({ min: 1, max: 6 }))
    .map(([p, k, n]): Command => [`publish ${p} ${k} ${n}`, (world) => world.publish(p, k, n)]),
  fc.tuple(who, outcome).map(([c, o]): Command => [`flush ${c} ${o}`, (_, collectors) => collectors[c].settle(o)]),
  fc
    .tuple(who, fc.subarray([0, 1]))
    .map(([c, owned]): Command => [`assign ${c} ${owned.join()}`, (_, collectors) => collectors[c].assign(owned)]),
  who.map((c): Command => [
    `age ${c}`,
    (world, collectors) => {
      world.nowMs += 60_000
      collectors[c].tick()
    },
  ]),
  fc.tuple(who, partition).map(([c, p]): Command => [
    `ask ${c} ${p}`,
    ({ streams }, collectors) => {
      const { created, messages } = streams[p]
      const request = { partition: p, stream: `MOVES_${p}`, created, sequence: messages.length }
      void collectors[c].flushThrough(request)
    },
  ]),
  partition.map((p): Command => [`purge ${p}`, (world) => world.purge(p)]),
]

const disasters: fc.Arbitrary<Command>[] = [
  fc.tuple(partition, fc.double({ min: 0, max: 1, noNaN: true })).map(([p, share]): Command => [
    `roll back ${p} to ${share}`,
    (world) => {
      const { first, messages } = world.streams[p]
      world.rollBack(p, first - 1 + Math.floor(share * (messages.length - first + 1)))
    },
  ]),
]

const losing: fc.Arbitrary<Command>[] = [
  fc.tuple(partition, fc.double({ min: 0, max: 1, noNaN: true })).map(([p, share]): Command => [
    `lose ${p} up to ${share}`,
    (world) => {
      const { first, messages } = world.streams[p]
      world.lose(p, first - 1 + Math.floor(share * (messages.length - first + 1)))
    },
  ]),
]

/** Runs commands upon two collectors that both may own anything, with some turns of the event loop after each. */
const play = async (steps: readonly (readonly [Command, number])[], memory: number): Promise<World> => {
  const world = createWorld(PARTITIONS)
  world.careful.add(1)
  const collectors = [world.collector({ memory, maxRows: 7 }), world.collector({ memory, maxRows: 5 })]
  for (const [[, run], pause] of steps) {
    run(world, collectors)
    await turns(pause)
  }
  const [first, second] = collectors
  await end([second])
  first.assign([0, 1])
  // Until what was done to the streams has been noticed.
  for (let i = 0; i < 20; i++) {
    first.settle('commit')
    await turns(2)
  }
  for (const [p, { messages }] of world.streams.entries()) expect(await archive(world, first, p)).toBe(messages.length)
  await end([first])
  checkRanges(world)
  return world
}

const stepsOf = (commands: fc.Arbitrary<Command>[]): fc.Arbitrary<(readonly [Command, number])[]> =>
  fc.array(fc.tuple(fc.oneof(...commands), fc.constantFrom(0, 0, 1, 2, 6)), { minLength: 1, maxLength: 60 })

test('whatever two collectors do, and in whatever order, every message is in the table exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(stepsOf(harmless), fc.constantFrom(0, 10_000, 1e9), async (steps, memory) => {
      const world = await play(steps, memory)
      expect(serialsOf(world)).toEqual(upTo(serialsOf(world).length))
      expect(serialsOf(world)).toHaveLength(world.streams.reduce((sum, { messages }) => sum + messages.length, 0))
      expect(world.warnings).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('whatever is restored meanwhile, every message that the streams hold is in the table', async () => {
  await fc.assert(
    fc.asyncProperty(stepsOf([...harmless, ...disasters]), fc.constantFrom(0, 1e9), async (steps, memory) => {
      const world = await play(steps, memory)
      const archived = new Set(serialsOf(world))
      const held = world.streams.flatMap(({ messages }) => messages.map(({ serial }) => serial))
      expect(held.filter((serial) => !archived.has(serial))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('whatever goes missing meanwhile, a message that is neither in a stream nor in the table is in a recorded loss', async () => {
  await fc.assert(
    fc.asyncProperty(stepsOf([...harmless, ...losing]), fc.constantFrom(0, 1e9), async (steps, memory) => {
      const world = await play(steps, memory)
      const archived = new Set(serialsOf(world))
      for (const [p, { messages }] of world.streams.entries()) {
        const isTold = (sequence: number): boolean =>
          world.losses.some(({ partition: q, from, to }) => q === p && from <= sequence && sequence <= to!)
        const forgotten = messages.filter(({ serial }, i) => !archived.has(serial) && !isTold(i + 1))
        expect(forgotten).toEqual([])
      }
    }),
    { numRuns: 300 },
  )
})
