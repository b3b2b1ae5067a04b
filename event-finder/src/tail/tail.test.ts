import fc from 'fast-check'
import { textAt } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import type { Snapshot } from '@fleetlake/archive'
import { createVersionPin, type PinnedVersion } from '../coordinator/pin-version.ts'
import { createTestStreams, type FakeTable } from '../testing/streams.ts'
import { createTail } from './tail.ts'

const PARTITIONS = 2

const partition = fc.nat(PARTITIONS - 1)
/** What happens next; `step` lets one thing that waits go on, a different one each time. */
const act = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('step' as const) }), weight: 12 },
  { arbitrary: fc.record({ kind: fc.constant('publish' as const), partition }), weight: 4 },
  {
    arbitrary: fc.record({ kind: fc.constant('commit' as const), partition, count: fc.integer({ min: 1, max: 4 }) }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: fc.constant('purge' as const), partition }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('ask' as const) }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('release' as const) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('recreate' as const), partition }), weight: 1 },
)

const messagesOf = ({ snapshot, tail }: PinnedVersion): number[] => [
  ...(snapshot as unknown as FakeTable).messages,
  ...[...tail.pieces()].flatMap(({ rows: { vehicle, vehicleIds } }) =>
    Array.from(vehicle, (id) => Number(textAt(vehicleIds, id))),
  ),
]

/** Plays acts in their order; what is under way goes on only in a step. */
const play = async (
  acts: readonly (typeof act extends fc.Arbitrary<infer Act> ? Act : never)[],
  scheduler: fc.Scheduler,
) => {
  const step = async <Value>(what: string, run: () => Value): Promise<Value> => {
    await scheduler.schedule(Promise.resolve(), what)
    return run()
  }
  const world = createTestStreams(PARTITIONS, step)
  const tail = createTail(
    { memory: 1e9, futureToleranceMs: 0, lingerMs: 60_000 },
    { ...world.decoding, read: world.read },
  )
  const pin = createVersionPin({
    snapshot: () => step('snapshot', () => world.table as unknown as Snapshot),
    look: () => step('look', world.look),
    tail,
    flush: () => expect.unreachable('there is memory enough'),
    pause: () => step('pause', () => undefined),
  })
  const asked: { readonly before: readonly number[]; pinned?: PinnedVersion; held?: readonly number[] }[] = []
  /** Of each message that was ever stored, its stream. */
  const streamOf = new Map<number, { readonly partition: number; readonly created: string }>()
  const pins: Promise<void>[] = []
  const signal = new AbortController().signal
  for (const one of acts) {
    switch (one.kind) {
      case 'step':
        if (scheduler.count() > 0) await scheduler.waitNext(1)
        break
      case 'publish':
        world.publish(one.partition)
        streamOf.set(streamOf.size + 1, { partition: one.partition, created: world.streams[one.partition].created })
        break
      case 'commit':
        world.commit(one.partition, one.count)
        break
      case 'purge':
        world.purge(one.partition)
        break
      case 'recreate':
        world.recreate(one.partition)
        break
      case 'release':
        asked.find(({ pinned }) => pinned !== undefined)?.pinned?.tail.release()
        break
      case 'ask': {
        const query: (typeof asked)[number] = { before: world.expected() }
        asked.push(query)
        pins.push(
          pin(signal).then((pinned) => {
            query.pinned = pinned
            query.held = messagesOf(pinned)
          }),
        )
      }
    }
  }
  let isOver = false
  const over = Promise.all(pins).then(() => {
    isOver = true
  })
  while (!isOver) await Promise.race([scheduler.waitNext(1), over])
  return { world, asked, tail, streamOf }
}

test('whatever is stored, committed, purged and made again while it looks, a query holds each row once', async () => {
  let [queries, hot, gone] = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 120 }), fc.scheduler(), async (acts, scheduler) => {
      const { world, asked, tail, streamOf } = await play(acts, scheduler)
      const alive = new Set(world.expected())
      for (const { before, pinned, held } of asked) {
        queries++
        hot += pinned!.tail.rows
        expect(pinned!.tail.missing).toEqual([])
        expect(new Set(held).size).toBe(held!.length)
        // Of what was there when it was asked, only what a stream took with it may be missing.
        const missing = before.filter((message) => alive.has(message) && !held!.includes(message))
        expect(missing).toEqual([])
        // Of that it is told that it may be lost, if the table knows anything of the stream, until it holds something of the next one.
        for (const message of before.filter((one) => !held!.includes(one))) {
          const { partition: of, created } = streamOf.get(message)!
          const known = [...pinned!.snapshot!.txns.keys()].filter((name) => name.startsWith(`MOVES_${of}@`))
          const isPassed = known.some((name) => name > `MOVES_${of}@${created}#9`)
          const isTold = pinned!.tail.formers.some(({ partition: told }) => told === of)
          expect(isTold || isPassed || known.length === 0).toBe(true)
          if (isTold) gone++
        }
        // What it holds stays as it was, whatever came after.
        expect(messagesOf(pinned!)).toEqual(held)
        pinned!.tail.release()
      }
      tail.stop()
      expect(tail.fill()).toBe(0)
    }),
    { numRuns: Number(process.env['FLEET_PROPERTY_RUNS'] ?? 1_000) },
  )
  expect(hot).toBeGreaterThan(queries / 2)
  expect(gone).toBeGreaterThan(0)
})

test('however many messages are damaged, a query of its stream says so in one sentence, at once, and has the others', async () => {
  const world = createTestStreams(PARTITIONS, (_, run) => Promise.resolve().then(run))
  const tail = createTail(
    { memory: 1e9, futureToleranceMs: 0, lingerMs: 60_000 },
    { ...world.decoding, read: world.read },
  )
  let looks = 0
  const pin = createVersionPin({
    snapshot: async () => world.table as unknown as Snapshot,
    look: async () => {
      // They go on coming.
      for (let i = 0; i < 3; i++) world.publish(1, true)
      if (looks++ > 10) expect.unreachable('it looks again for each message that is damaged')
      return world.look()
    },
    tail,
    flush: () => expect.unreachable('there is memory enough'),
    pause: async () => undefined,
  })
  for (let i = 1; i <= 2_000; i++) world.publish(0, true)
  for (let i = 1; i <= 2_000; i++) world.publish(1, i % 2 === 0)
  const pinned = await pin(new AbortController().signal)
  expect(pinned.tail.missing).toEqual([
    { path: 'MOVES_0', reason: 'the bytes of the messages 1 to 2000 are not those that were published' },
    {
      path: 'MOVES_1',
      reason: `the bytes of ${1_000 + 3 * looks} of the messages 2 to ${2_000 + 3 * looks} are not those that were published`,
    },
  ])
  expect(messagesOf(pinned).length).toBe(1_000)
  pinned.tail.release()
  tail.stop()
  expect(tail.fill()).toBe(0)
})
