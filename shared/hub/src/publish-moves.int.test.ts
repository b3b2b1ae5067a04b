import { liveSubjects, subjects } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { eventually } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { drainWithin } from './drain-within.ts'
import { duplicateWindowOf } from './duplicate-window.ts'
import { startFixture, startProvisioned } from './testing/hub.ts'
import type { Hub } from './hub.ts'
import type { MovePublisher, MovePublisherOptions, PublishState } from './move-publisher.ts'
import { createMovePublisher } from './publish-moves.ts'
import { purgeThrough } from './purge.ts'
import { readThrough } from './read-through.ts'

const KIB = 1024

const publisherOf = (hub: Hub, options: Partial<MovePublisherOptions> = {}): MovePublisher => {
  const publisher = createMovePublisher(hub, {
    run: 'r',
    agent: 'a',
    partitions: [0, 1],
    queueBytes: 1024 * KIB,
    duplicateWindowMs: 120_000,
    ...options,
  })
  onTestFinished(() => publisher.close())
  return publisher
}

/** The ids of what a stream stores, in order. */
const idsIn = async (hub: Hub, partition: number): Promise<string[]> => {
  const stream = `MOVES_${partition}`
  const { last } = await hub.streams.info(stream)
  const stored = await Array.fromAsync(readThrough(hub, { stream, last, askBytes: 1024 * KIB }))
  return stored.map(({ header }) => header('ce-id')!)
}

const idsOf = (partition: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `r/a/${partition}/${i + 1}`)

test('with a digest, the same message again is stored once, and another of the same name too', async () => {
  const { hub } = await startProvisioned()
  const publish = async (...bytes: number[]): Promise<void> => {
    const publisher = publisherOf(hub, { digestOf: ([first]) => `d${first}` })
    for (const byte of bytes) publisher.publish(0, Uint8Array.of(byte), {})
    await publisher.drain()
    publisher.close()
  }
  await publish(1, 2)
  await publish(1, 2)
  await publish(1, 3)
  expect(await idsIn(hub, 0)).toEqual(['r/a/0/1-d1', 'r/a/0/2-d2', 'r/a/0/2-d3'])
})

test('a drain that is aborted goes on for a while, and then is given up', async () => {
  const { hub } = await startProvisioned({ maxBytes: 64 * KIB })
  const publisher = publisherOf(hub)
  publisher.publish(0, new Uint8Array(32 * KIB), {})
  expect(await drainWithin(publisher, { signal: AbortSignal.abort(), graceMs: 60_000 })).toMatchObject([
    { sequence: 1 },
  ])
  publisher.publish(0, new Uint8Array(48 * KIB), {})
  expect(await drainWithin(publisher, { signal: AbortSignal.abort(), graceMs: 100 })).toBeUndefined()
  const aborter = new AbortController()
  const drained = drainWithin(publisher, { signal: aborter.signal, graceMs: 60_000 })
  aborter.abort()
  await purgeThrough(hub, 0, 1)
  expect(await drained).toMatchObject([{ sequence: 2 }])
})

test('the duplicate window of several streams is the shortest of theirs', async () => {
  const { hub } = await startProvisioned({ duplicateWindowMs: 90_000 })
  const { streams } = hub
  await streams.change('MOVES_1', { duplicateWindowMs: 1_500 })
  expect([await duplicateWindowOf(hub, [0]), await duplicateWindowOf(hub, [0, 1])]).toEqual([90_000, 1_500])
})

test('moves are stored in order, as CloudEvents whose id is the message id, and drain tells up to where', async () => {
  const { hub } = await startProvisioned()
  const publisher = publisherOf(hub, { windowBytes: 20 * KIB })
  for (let i = 0; i < 50; i++) {
    publisher.publish(0, new Uint8Array(KIB).fill(i), { 'fleet-rows': '12' })
    if (i < 3) publisher.publish(1, new Uint8Array(KIB), {})
  }
  const { streams } = hub
  const created = async (name: string): Promise<string> => (await streams.info(name)).created
  expect(await publisher.drain()).toEqual([
    { partition: 0, stream: 'MOVES_0', created: await created('MOVES_0'), sequence: 50 },
    { partition: 1, stream: 'MOVES_1', created: await created('MOVES_1'), sequence: 3 },
  ])
  expect(publisher.stats()).toEqual({ messages: 53, rows: 603, bytes: 53 * KIB, unknown: 0, waitingMs: 0 })
  expect([await idsIn(hub, 0), await idsIn(hub, 1)]).toEqual([idsOf(0, 50), idsOf(1, 3)])
  const message = (await streams.message('MOVES_0', { sequence: 50 }))!
  expect(message.data).toEqual(new Uint8Array(KIB).fill(49))
  expect(['ce-id', 'ce-type', 'ce-source', 'ce-specversion', 'content-type', 'fleet-rows'].map(message.header)).toEqual(
    ['r/a/0/50', 'move', `/fleetlake/test/${hub.uid}`, '1.0', 'application/vnd.apache.arrow.stream', '12'],
  )
})

test('the same ids again are stored once, and count as stored where they are', async () => {
  const { hub } = await startProvisioned()
  for (let round = 0; round < 2; round++) {
    const publisher = publisherOf(hub)
    for (let i = 0; i < 5; i++) publisher.publish(0, new Uint8Array(10), {})
    expect((await publisher.drain()).map(({ sequence }) => sequence)).toEqual([5])
    publisher.close()
  }
  expect(await idsIn(hub, 0)).toEqual(idsOf(0, 5))
})

test('what a stream stores is repeated to live.move, once', async () => {
  const { hub } = await startProvisioned()
  const live: string[] = []
  hub.listen('move', liveSubjects.move('*'), ({ id, subject }) => void live.push(`${subject} ${id}`))
  for (let round = 0; round < 2; round++) {
    const publisher = publisherOf(hub)
    publisher.publish(1, new Uint8Array(10), {})
    await publisher.drain()
    publisher.close()
  }
  await eventually(() => live.length > 0)
  await hub.flush()
  expect(live).toEqual(['live.move.1 r/a/1/1'])
})

test('a full partition makes its queue wait and no other, and goes on by itself once there is room', async () => {
  const { hub } = await startProvisioned({ maxBytes: 256 * KIB })
  const states: PublishState[] = []
  const publisher = publisherOf(hub, { queueBytes: 128 * KIB, onState: (state) => void states.push(state) })
  for (let i = 0; i < 60; i++) publisher.publish(0, new Uint8Array(8 * KIB), {})
  await eventually(() => states.some(({ state }) => state === 'full'))
  for (let i = 0; i < 20; i++) publisher.publish(1, new Uint8Array(8 * KIB), {})
  await eventually(async () => (await idsIn(hub, 1)).length === 20)
  const stored = (await idsIn(hub, 0)).length
  expect([publisher.room(0), publisher.room(1)]).toEqual([false, true])
  expect(publisher.stats()).toMatchObject({
    messages: 20 + stored,
    note: 'partition 0 is full: waiting for the archive to catch up',
  })
  const hasRoom = publisher.whenRoom()
  const seen = await idsIn(hub, 0)
  await purgeThrough(hub, 0, stored)
  await hasRoom
  const drained = publisher.drain()
  // purges what was seen and nothing beyond: what is stored between look and purge must stay for the next look
  await eventually(async () => {
    const ids = await idsIn(hub, 0)
    seen.push(...ids.filter((id) => !seen.includes(id)))
    await purgeThrough(hub, 0, seen.length)
    return seen.length >= 60
  })
  expect((await drained).map(({ sequence }) => sequence)).toEqual([60, 20])
  expect(seen).toEqual(idsOf(0, 60))
  expect(states.filter(({ partition }) => partition === 1)).toEqual([])
  expect(states.at(-1)).toEqual({ partition: 0, state: 'publishing' })
  expect(publisher.stats().waitingMs).toBeGreaterThan(0)
})

test('kills and restarts of the server in the middle lose and double nothing', async () => {
  const { hub, server } = await startProvisioned({ maxBytes: 64 * KIB * KIB })
  const publisher = publisherOf(hub)
  const COUNT = 1_500
  const publishing = (async (): Promise<unknown> => {
    for (let i = 0; i < 2 * COUNT; i++) {
      if (!publisher.room(i % 2)) await publisher.whenRoom()
      publisher.publish(i % 2, new Uint8Array(16 * KIB), { 'fleet-rows': '1' })
    }
    return publisher.drain()
  })()
  for (const share of [0.2, 0.5, 0.8]) {
    await eventually(() => publisher.stats().messages > share * 2 * COUNT)
    await server.kill()
    await server.restart()
  }
  expect(await publishing).toMatchObject([{ sequence: COUNT }, { sequence: COUNT }])
  expect(publisher.stats()).toMatchObject({ messages: 2 * COUNT, rows: 2 * COUNT, unknown: 0 })
  for (const partition of [0, 1]) {
    expect(new Set(await idsIn(hub, partition))).toEqual(new Set(idsOf(partition, COUNT)))
    expect((await idsIn(hub, partition)).length).toBe(COUNT)
  }
})

test('a fate that cannot be found out within the duplicate window is told, and the rest is published', async () => {
  const { hub, server } = await startProvisioned({ duplicateWindowMs: 1_000 })
  const states: PublishState[] = []
  const publisher = publisherOf(hub, { duplicateWindowMs: 1_000, onState: (state) => void states.push(state) })
  publisher.publish(0, new Uint8Array(10), {})
  await eventually(() => publisher.stats().messages === 1)
  await server.freeze()
  publisher.publish(0, new Uint8Array(10), {})
  await server.kill()
  await eventually(() => hub.status().state === 'disconnected')
  publisher.publish(0, new Uint8Array(10), {})
  await eventually(() => publisher.stats().unknown === 1)
  expect(states.at(-1)).toEqual({ partition: 0, state: 'unknown', reason: 'message r/a/0/2' })
  await server.restart()
  await expect(publisher.drain()).rejects.toThrow(fault('publish.unknown', /^whether 1 moves were stored is not known/))
  expect(publisher.stats()).toMatchObject({ messages: 2, unknown: 1 })
  expect((await idsIn(hub, 0)).at(-1)).toBe('r/a/0/3')
})

test('a partition whose stream is missing waits for it', async () => {
  const hub = await (await startFixture()).connect()
  const publisher = publisherOf(hub)
  publisher.publish(0, new Uint8Array(10), {})
  await eventually(() => publisher.stats().note !== undefined)
  expect(publisher.stats().note).toBe('partition 0 is waiting: no stream takes messages of this subject')
  await hub.streams.make({ name: 'MOVES_0', subjects: [subjects.move(0)] })
  expect(await publisher.drain()).toMatchObject([{ partition: 0, sequence: 1 }])
})

test('what no stream would take is refused at once', async () => {
  const { hub } = await startProvisioned()
  const publisher = publisherOf(hub)
  expect(() => publisher.publish(0, new Uint8Array(64 * KIB), {})).toThrow(
    fault('publish.refused', /^.* put fewer rows into a batch/),
  )
  expect(() => publisher.publish(7, new Uint8Array(1), {})).toThrow(
    fault('publish.refused', 'partition 7 is not in use'),
  )
  await hub.streams.change('MOVES_1', { maxMessageBytes: KIB })
  publisher.publish(1, new Uint8Array(2 * KIB), {})
  await expect(publisher.drain()).rejects.toThrow(
    fault('publish.refused', /^the hub refuses a move of partition 1: message size/),
  )
  await expect(publisher.whenRoom()).rejects.toThrow(fault('publish.refused'))
})

test('closing gives up what waits', async () => {
  const { hub, server } = await startProvisioned()
  await server.kill()
  await eventually(() => hub.status().state === 'disconnected')
  const publisher = publisherOf(hub)
  publisher.publish(0, new Uint8Array(10), {})
  const drained = publisher.drain()
  publisher.close()
  await expect(drained).rejects.toThrow(fault('hub.closed'))
})
