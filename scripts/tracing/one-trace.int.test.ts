import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { subjects } from '@fleetlake/contracts'
import type { Tracer } from '@fleetlake/core'
import { connectHub, createMovePublisher, storeMessage } from '@fleetlake/hub'
import { startTracer } from '@fleetlake/service'
import { eventually } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createWorld, rowOf, type World } from '../hot-rows/testing/world.ts'
import { type ReceivedSpan, startSpanReceiver } from './testing/span-receiver.ts'

interface TracedWorld extends World {
  readonly spans: readonly ReceivedSpan[]
  /** Publishes a move as a generator does. */
  publishMove(): Promise<void>
  /** Resolves once the receiver has so many spans of this name. */
  seen(name: string, count?: number): Promise<readonly ReceivedSpan[]>
}

type Service = 'event-generator' | 'event-collector' | 'event-finder' | 'test'

/** Every service of these is traced, and no other; `test` is the client. */
const createTracedWorld = async (...traced: readonly Service[]): Promise<TracedWorld> => {
  const { url, spans } = await startSpanReceiver()
  const tracerOf = async (service: string): Promise<Tracer | undefined> => {
    if (!traced.some((one) => one === service)) return undefined
    const tracer = await startTracer({ tracing: { url, sampleRatio: 1 } }, service)
    onTestFinished(() => tracer!.close())
    return tracer
  }
  const world = await createWorld({ partitions: 1, tracerOf })
  return {
    ...world,
    spans,
    publishMove: async () => {
      const service = 'event-generator'
      const hub = await connectHub({ url: world.server.url, service, tracer: await tracerOf(service) })
      const run = { run: 'traced', agent: 'one', partitions: [0], queueBytes: 1_000_000, duplicateWindowMs: 120_000 }
      const publisher = createMovePublisher(hub, run)
      publisher.publish(0, encodePositions(positionsOfRows(IDS.map((id) => rowOf(id)))), { 'fleet-rows': '3' })
      await publisher.drain()
      publisher.close()
      await hub.close()
    },
    seen: async (name, count = 1) => {
      const found = (): readonly ReceivedSpan[] => spans.filter((span) => span.name === name)
      await eventually(() => found().length >= count, { what: `${count} spans ${name}` })
      return found()
    },
  }
}

const IDS = ['secret-1', 'secret-2', 'secret-3']

/** The span that each one is a part of, by name. */
const treeOf = (spans: readonly ReceivedSpan[]): Record<string, string | undefined> =>
  Object.fromEntries(
    spans.map(({ service, name, parentSpanId }) => [
      `${service}: ${name}`,
      spans.find(({ spanId }) => spanId === parentSpanId)?.name,
    ]),
  )

/** What a span is linked to. */
const linkTo = ({ traceId, spanId }: ReceivedSpan): ReceivedSpan['links'] => [{ traceId, spanId }]

test('one trace goes from publishing over the commit to the first search, and names no vehicle', async () => {
  const world = await createTracedWorld('event-generator', 'event-collector', 'event-finder')
  const { ask, seen, spans } = world
  await world.publishMove()
  await world.startCollector()
  await world.flush()
  await world.startFinder()
  const first = await ask({ vehicleIds: IDS })
  await seen('search')
  const [scan] = await seen('scan')
  expect(first.ids).toEqual(IDS)
  expect([...new Set(spans.map(({ traceId }) => traceId))]).toEqual([scan.traceId])
  expect(treeOf(spans)).toEqual({
    'event-generator: publish moves': undefined,
    'event-collector: flush': 'publish moves',
    'event-collector: write files': 'flush',
    'event-collector: commit': 'flush',
    'event-finder: search': 'commit',
    'event-finder: scan': 'search',
  })
  const [[published], [flush], [commit]] = await Promise.all([seen('publish moves'), seen('flush'), seen('commit')])
  expect(flush.links).toEqual(linkTo(published))
  const told = JSON.stringify(spans)
  expect([...IDS, '-56.2', '-34.9', 'taxi', 'anyone'].filter((secret) => told.includes(secret))).toEqual([])

  await ask({ vehicleIds: IDS })
  const [, second] = await seen('search', 2)
  expect([second.parentSpanId, second.links]).toEqual([undefined, linkTo(commit)])
})

test("a search that its client traces is a part of the client's trace, and linked to the commit", async () => {
  const world = await createTracedWorld('event-generator', 'event-collector', 'event-finder', 'test')
  await world.publishMove()
  await world.startCollector()
  await world.flush()
  await world.startFinder()
  expect((await world.ask()).ids).toEqual(IDS)
  const [asked] = await world.seen('ask vehicles')
  const [search] = await world.seen('search')
  const [commit] = await world.seen('commit')
  const [published] = await world.seen('publish moves')
  expect([search.traceId, search.parentSpanId]).toEqual([asked.traceId, asked.spanId])
  expect(search.links).toEqual(linkTo(commit))
  expect(commit.traceId).toBe(published.traceId)
})

test("a program's own traceparent is followed, malformed ones are not, and all rows are archived", async () => {
  const world = await createTracedWorld('event-collector')
  const [good, trace] = ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736']
  const headers = ['x', '00-0-0-01', good.toUpperCase(), '1'.repeat(10_000), good.replace(/01$/, '00'), good]
  for (const [i, traceparent] of headers.entries()) {
    const rows = encodePositions(positionsOfRows([rowOf(`v-${i}`)])) as Uint8Array<ArrayBuffer>
    await storeMessage(world.hub, 'move', subjects.move(0), rows, {
      id: `own/${i}`,
      headers: { traceparent, tracestate: 'x'.repeat(5_000) },
    })
  }
  await world.startCollector()
  await world.flush()
  const [flush] = await world.seen('flush')
  expect(flush.traceId).toBe(trace)
  expect(flush.links).toEqual([{ traceId: trace, spanId: '00f067aa0ba902b7' }])
  expect((await world.snapshot()).totals.rows).toBe(headers.length)
})

test('where nothing is traced no message and no commit says so', async () => {
  const world = await createTracedWorld()
  await world.publishMove()
  const stored = await world.hub.streams.message('MOVES_0', { sequence: 1 })
  await world.startCollector()
  await world.flush()
  await world.startFinder()
  expect((await world.ask()).ids).toEqual(IDS)
  expect([stored?.header('ce-traceparent'), stored?.header('traceparent')]).toEqual([undefined, undefined])
  expect([(await world.snapshot()).traced, world.spans]).toEqual([undefined, []])
})
