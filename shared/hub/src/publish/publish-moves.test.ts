import { liveSubjects, subjects } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { drainWithin } from './drain-within.ts'
import { duplicateWindowOf } from './duplicate-window.ts'
import type { PublishState } from './move-publisher.ts'
import { purgeThrough } from '../streams/purge.ts'
import { startMemoryFixture, startMemoryProvisioned } from '../testing/memory-hub.ts'
import { idsIn, idsOf, publisherOf } from './testing/publisher.ts'

const KIB = 1024

test('with a digest, the same message again is stored once, and another of the same name too', async () => {
  const { hub } = await startMemoryProvisioned()
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
  const { hub } = await startMemoryProvisioned({ maxBytes: 64 * KIB })
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
  const { hub } = await startMemoryProvisioned({ duplicateWindowMs: 90_000 })
  const { streams } = hub
  await streams.change('MOVES_1', { duplicateWindowMs: 1_500 })
  expect([await duplicateWindowOf(hub, [0]), await duplicateWindowOf(hub, [0, 1])]).toEqual([90_000, 1_500])
})

test('the same ids again are stored once, and count as stored where they are', async () => {
  const { hub } = await startMemoryProvisioned()
  for (let round = 0; round < 2; round++) {
    const publisher = publisherOf(hub)
    for (let i = 0; i < 5; i++) publisher.publish(0, new Uint8Array(10), {})
    expect((await publisher.drain()).map(({ sequence }) => sequence)).toEqual([5])
    publisher.close()
  }
  expect(await idsIn(hub, 0)).toEqual(idsOf(0, 5))
})

test('what a stream stores is repeated to live.move, once', async () => {
  const { hub } = await startMemoryProvisioned()
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
  const { hub } = await startMemoryProvisioned({ maxBytes: 256 * KIB })
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

test('a fate that cannot be found out within the duplicate window is told, and the rest is published', async () => {
  const { hub, server } = await startMemoryProvisioned({ duplicateWindowMs: 1_000 })
  const states: PublishState[] = []
  const publisher = publisherOf(hub, { duplicateWindowMs: 1_000, onState: (state) => void states.push(state) })
  publisher.publish(0, new Uint8Array(10), {})
  await eventually(() => publisher.stats().messages === 1)
  server.freeze()
  publisher.publish(0, new Uint8Array(10), {})
  server.stop()
  await eventually(() => hub.status().state === 'disconnected')
  publisher.publish(0, new Uint8Array(10), {})
  await eventually(() => publisher.stats().unknown === 1)
  expect(states.at(-1)).toEqual({ partition: 0, state: 'unknown', reason: 'message r/a/0/2' })
  server.start()
  await expect(publisher.drain()).rejects.toThrow(fault('publish.unknown', /^whether 1 moves were stored is not known/))
  expect(publisher.stats()).toMatchObject({ messages: 2, unknown: 1 })
  expect((await idsIn(hub, 0)).at(-1)).toBe('r/a/0/3')
})

test('a partition whose stream is missing waits for it', async () => {
  const hub = await startMemoryFixture().connect()
  const publisher = publisherOf(hub)
  publisher.publish(0, new Uint8Array(10), {})
  await eventually(() => publisher.stats().note !== undefined)
  expect(publisher.stats().note).toBe('partition 0 is waiting: no stream takes messages of this subject')
  await hub.streams.make({ name: 'MOVES_0', subjects: [subjects.move(0)] })
  expect(await publisher.drain()).toMatchObject([{ partition: 0, sequence: 1 }])
})

test('that a stream has lost what it had acknowledged is told at the end, whether it is there again or not', async () => {
  const { hub } = await startMemoryProvisioned()
  const { settings } = await hub.streams.info('MOVES_0')
  const publishThen = async (change: () => Promise<void>, later: number): Promise<unknown> => {
    const publisher = publisherOf(hub, { run: String(later) })
    publisher.publish(0, Uint8Array.of(1), {})
    publisher.publish(0, Uint8Array.of(2), {})
    await publisher.drain()
    await change()
    for (let i = 0; i < later; i++) publisher.publish(0, Uint8Array.of(3), {})
    return publisher.drain()
  }
  const remake = async (): Promise<void> => {
    await hub.streams.drop('MOVES_0')
    await hub.streams.make(settings)
  }
  const again = /^MOVES_0 was made again or restored: it ends at \d and had acknowledged \d$/
  await expect(publishThen(remake, 0)).rejects.toThrow(fault('publish.unknown', again))
  await expect(publishThen(remake, 1)).rejects.toThrow(fault('publish.unknown', again))
  await expect(publishThen(remake, 2)).rejects.toThrow(fault('publish.unknown', again))
  await remake()
  await expect(publishThen(() => hub.streams.drop('MOVES_0'), 0)).rejects.toThrow(
    fault('publish.unknown', 'MOVES_0 is gone and had acknowledged 2'),
  )
})

test('what no stream would take is refused at once', async () => {
  const { hub } = await startMemoryProvisioned()
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
  const { hub, server } = await startMemoryProvisioned()
  server.stop()
  await eventually(() => hub.status().state === 'disconnected')
  const publisher = publisherOf(hub)
  publisher.publish(0, new Uint8Array(10), {})
  const drained = publisher.drain()
  publisher.close()
  await expect(drained).rejects.toThrow(fault('hub.closed'))
})
