import { setTimeout as delay } from 'node:timers/promises'
import type { MemoryServer } from '@fleetlake/broker/memory'
import { subjects } from '@fleetlake/contracts'
import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { purgeThrough } from '../streams/purge.ts'
import type { Sizes } from '../testing/hub.ts'
import { startMemoryFixture, startMemoryProvisioned } from '../testing/memory-hub.ts'
import { range, readUntil, type Stage, stageOn } from './testing/read-stage.ts'

const KIB = 1024

const startStage = async (sizes: Sizes = {}): Promise<Stage & { readonly server: MemoryServer }> => {
  const { hub, server } = await startMemoryProvisioned({ count: 1, ...sizes })
  return { ...stageOn(hub), server }
}

/** Puts what the server holds now in place of what it holds after a change. */
const restoreAfter = async (
  { server }: { readonly server: MemoryServer },
  change: () => Promise<void>,
): Promise<void> => {
  const backup = server.backup()
  await change()
  server.stop()
  server.restore(backup)
  server.start()
}

test('headers and data come as they were published', async () => {
  const { hub, read } = await startStage()
  const utf8 = new TextEncoder()
  const publish = (data: string, headers: Record<string, string>): void =>
    hub.control.publish(subjects.move(0), utf8.encode(data), { headers: hub.control.encodeHeaders(headers) })
  publish('plain', {})
  publish('with', { 'Ce-Id': '7' })
  publish('', { 'ce-id': '8' })
  await hub.flush()
  const reader = read({ sequence: 0 })
  const got: [string, string | undefined][] = []
  while (got.length < 3) {
    const reading = await reader.next()
    if (reading.kind === 'moves')
      for (const move of reading.moves) got.push([new TextDecoder().decode(move.data), move.header('ce-id')])
  }
  expect(got).toEqual([
    ['plain', undefined],
    ['with', '7'],
    ['', '8'],
  ])
})

test('messages purged before they were read are a gap, also the whole rest of a stream', async () => {
  const { hub, read, store } = await startStage()
  await store(10)
  await purgeThrough(hub, 0, 4)
  expect(await readUntil(read({ sequence: 2 }), 10)).toEqual([{ kind: 'gap', from: 3, to: 4 }, range(5, 10)])
  await purgeThrough(hub, 0, 10)
  const reader = read({ sequence: 8 })
  expect(await reader.next()).toEqual({ kind: 'gap', from: 9, to: 10 })
  await store(1)
  expect(await readUntil(reader, 11)).toEqual([[11]])
})

test('a message deleted in the middle is a gap in its place', async () => {
  const { read, store, streams } = await startStage()
  await store(6)
  await streams.deleteMessage('MOVES_0', 3)
  expect(await readUntil(read({ sequence: 0 }), 6)).toEqual([[1, 2], { kind: 'gap', from: 3, to: 3 }, [4, 5, 6]])
})

test('a purge ahead of a paused reader is told when it goes on', async () => {
  const { hub, read, store } = await startStage()
  await store(3)
  const reader = read({ sequence: 0 })
  expect(await readUntil(reader, 3)).toEqual([[1, 2, 3]])
  await eventually(() => reader.info()?.last === 3)
  // What a reader asks for ahead ends within a second.
  await delay(1_500)
  await store(5)
  await purgeThrough(hub, 0, 6)
  expect(await readUntil(reader, 8)).toEqual([{ kind: 'gap', from: 4, to: 6 }, [7, 8]])
})

test('a stream made again is told and not read until somebody says from where', async () => {
  const { read, store, streams } = await startStage()
  await store(5)
  const reader = read({ sequence: 0 })
  expect(await readUntil(reader, 5)).toEqual([range(1, 5)])
  const next = reader.next()
  const { settings } = await streams.info('MOVES_0')
  await streams.drop('MOVES_0')
  await streams.make(settings)
  await store(8)
  const { created } = await streams.info('MOVES_0')
  const recreated = { kind: 'recreated', stream: { created }, seen: 5 }
  expect([await next, await reader.next()]).toMatchObject([recreated, recreated])
  reader.seek({ sequence: 0, created })
  expect(await readUntil(reader, 8)).toEqual([range(1, 8)])
  expect(reader.position()).toMatchObject({ sequence: 8, created })
})

test('an offset of another stream is told at once', async () => {
  const { read, store, streams } = await startStage()
  await store(5)
  const { created } = await streams.info('MOVES_0')
  expect(await read({ sequence: 2, created: '2020-01-01T00:00:00Z' }).next()).toMatchObject({
    kind: 'recreated',
    stream: { created, first: 1, last: 5, messages: 5 },
  })
})

test('a stream that was rolled back and has grown past the offset is told by the time of its message there', async () => {
  const stage = await startStage()
  const { read, store } = stage
  await store(5)
  const reader = read({ sequence: 0 })
  await restoreAfter(stage, async () => {
    await eventually(() => stage.hub.status().state === 'connected')
    await store(2)
    await readUntil(reader, 7)
  })
  const position = reader.position()
  await eventually(() => stage.hub.status().state === 'connected')
  await store(20)
  expect(await reader.next()).toMatchObject({ kind: 'rolled-back', stream: { last: 25 } })
  expect(await read(position).next()).toMatchObject({ kind: 'rolled-back', stream: { last: 25 } })
  expect(await readUntil(read({ sequence: position.sequence }), 25)).toEqual([range(8, 25)])
})

test('a server that hangs is heard again once it goes on', async () => {
  const { read, store, server } = await startStage()
  await store(3)
  const reader = read({ sequence: 0 })
  await readUntil(reader, 3)
  const next = reader.next()
  server.freeze()
  await delay(2_000)
  server.thaw()
  await store(1)
  expect(await next).toMatchObject({ kind: 'moves', moves: [{ sequence: 4 }] })
})

test('a reader that is not asked takes no more than it has asked for', async () => {
  const { hub, read, store } = await startStage({ maxBytes: 64 * KIB * KIB })
  await store(1_000, 16 * KIB)
  const reader = read({ sequence: 0 }, { askBytes: 256 * KIB })
  const before = hub.control.receivedBytes()
  await reader.next()
  await delay(1_500)
  const taken = hub.control.receivedBytes() - before
  expect(taken).toBeLessThan(5 * 256 * KIB)
  expect((await readUntil(reader, 1_000)).flat().at(-1)).toBe(1_000)
})

test('a stream that is not there yet is waited for, then read', async () => {
  const { read, store, streams } = stageOn(await startMemoryFixture().connect())
  const states: unknown[] = []
  const reader = read({ sequence: 0 }, { onState: (state) => void states.push(state) })
  const next = reader.next()
  await eventually(() => states.length > 0)
  expect(states).toEqual([{ state: 'waiting', reason: 'the hub has no stream MOVES_0' }])
  await streams.make({ name: 'MOVES_0', subjects: [subjects.move(0)] })
  await store(1)
  expect(await next).toMatchObject({ kind: 'moves', moves: [{ sequence: 1 }] })
})

test('seeking back reads again, closing ends a waiting read', async () => {
  const { read, store } = await startStage()
  await store(5)
  const reader = read({ sequence: 0 })
  await readUntil(reader, 5)
  const waiting = reader.next()
  reader.seek({ sequence: 3 })
  expect(await waiting).toMatchObject({ kind: 'moves', moves: [{ sequence: 4 }, { sequence: 5 }] })
  const end = reader.next()
  await reader.close()
  expect([await end, await reader.next()]).toEqual([{ kind: 'closed' }, { kind: 'closed' }])
})
