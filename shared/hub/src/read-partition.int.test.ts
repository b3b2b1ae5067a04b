import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Streams } from '@fleetlake/broker'
import { subjects } from '@fleetlake/contracts'
import { eventually, temporaryFolder, type TestHub } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startFixture, startProvisioned, type Sizes } from './testing/hub.ts'
import type { Hub } from './hub.ts'
import { purgeThrough } from './purge.ts'
import { readPartition } from './read-partition.ts'
import type { PartitionReader, Reading, ReadOptions } from './reading.ts'
import type { Offset } from './stream-verdict.ts'

const KIB = 1024

interface Stage {
  readonly hub: Hub
  readonly server: TestHub
  readonly streams: Streams
  /** Stores messages whose data is their number. */
  store(count: number, bytes?: number): Promise<void>
  read(from: Offset, options?: Partial<ReadOptions>): PartitionReader
}

const stageOn = async (hub: Hub, server: TestHub): Promise<Stage> => {
  const { streams } = hub
  return {
    hub,
    server,
    streams,
    store: async (count, bytes = 4) => {
      for (let i = 0; i < count; i += 50) {
        const part = Array.from({ length: Math.min(50, count - i) }, () =>
          streams.append(subjects.move(0), new Uint8Array(bytes), { timeoutMs: 5_000 }),
        )
        await Promise.all(part)
      }
    },
    read: (from, options = {}) => {
      const reader = readPartition(hub, { partition: 0, from, ...options })
      onTestFinished(() => reader.close())
      return reader
    },
  }
}

const startStage = async (sizes: Sizes = {}): Promise<Stage> => {
  const { hub, server } = await startProvisioned({ count: 1, ...sizes })
  return stageOn(hub, server)
}

/** Readings until a sequence has been passed, the sequences of moves joined. */
const readThrough = async (reader: PartitionReader, last: number): Promise<(Reading | number[])[]> => {
  const readings: (Reading | number[])[] = []
  while (reader.position().sequence < last) {
    const reading = await reader.next()
    if (reading.kind !== 'moves') {
      readings.push(reading)
      if (reading.kind !== 'gap') break
      continue
    }
    const sequences = reading.moves.map(({ sequence }) => sequence)
    const tail = readings.at(-1)
    if (Array.isArray(tail)) tail.push(...sequences)
    else readings.push(sequences)
  }
  return readings
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

test('from an offset on, every message comes once and in order, then those that are stored meanwhile', async () => {
  const { read, store, streams } = await startStage()
  await store(300)
  const reader = read({ sequence: 20 })
  expect(await readThrough(reader, 300)).toEqual([range(21, 300)])
  const next = reader.next()
  await store(1)
  expect(await next).toMatchObject({ kind: 'moves', moves: [{ sequence: 301, subject: 'commands.move.0' }] })
  const { created } = await streams.info('MOVES_0')
  const stored = (await streams.message('MOVES_0', { sequence: 301 }))!
  expect(reader.position()).toEqual({ sequence: 301, created, timestampMs: stored.timestampMs })
  await eventually(() => reader.info()?.last === 301)
  expect(reader.info()).toMatchObject({ created, first: 1, last: 301, messages: 301 })
})

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
  expect(await readThrough(read({ sequence: 2 }), 10)).toEqual([{ kind: 'gap', from: 3, to: 4 }, range(5, 10)])
  await purgeThrough(hub, 0, 10)
  const reader = read({ sequence: 8 })
  expect(await reader.next()).toEqual({ kind: 'gap', from: 9, to: 10 })
  await store(1)
  expect(await readThrough(reader, 11)).toEqual([[11]])
})

test('a message deleted in the middle is a gap in its place', async () => {
  const { read, store, streams } = await startStage()
  await store(6)
  await streams.deleteMessage('MOVES_0', 3)
  expect(await readThrough(read({ sequence: 0 }), 6)).toEqual([[1, 2], { kind: 'gap', from: 3, to: 3 }, [4, 5, 6]])
})

test('a purge ahead of a paused reader is told when it goes on', async () => {
  const { hub, read, store } = await startStage()
  await store(3)
  const reader = read({ sequence: 0 })
  expect(await readThrough(reader, 3)).toEqual([[1, 2, 3]])
  await eventually(() => reader.info()?.last === 3)
  // What a reader asks for ahead ends within a second.
  await delay(1_500)
  await store(5)
  await purgeThrough(hub, 0, 6)
  expect(await readThrough(reader, 8)).toEqual([{ kind: 'gap', from: 4, to: 6 }, [7, 8]])
})

test('a stream made again is told and not read until somebody says from where', async () => {
  const { read, store, streams } = await startStage()
  await store(5)
  const reader = read({ sequence: 0 })
  expect(await readThrough(reader, 5)).toEqual([range(1, 5)])
  const next = reader.next()
  const { settings } = await streams.info('MOVES_0')
  await streams.drop('MOVES_0')
  await streams.make(settings)
  await store(8)
  const { created } = await streams.info('MOVES_0')
  const recreated = { kind: 'recreated', stream: { created }, seen: 5 }
  expect([await next, await reader.next()]).toMatchObject([recreated, recreated])
  reader.seek({ sequence: 0, created })
  expect(await readThrough(reader, 8)).toEqual([range(1, 8)])
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

const restoreAfter = async ({ server }: Stage, change: () => Promise<void>): Promise<void> => {
  const backup = await temporaryFolder()
  const data = join(server.dataDir, 'jetstream')
  await server.stop()
  await cp(data, backup, { recursive: true })
  await server.restart()
  await change()
  await server.stop()
  await rm(data, { recursive: true })
  await cp(backup, data, { recursive: true })
  await server.restart()
}

test('a stream that a restore has rolled back is told, under a running reader and to one that is opened', async () => {
  const stage = await startStage()
  const { read, store } = stage
  await store(5)
  const reader = read({ sequence: 0 })
  await restoreAfter(stage, async () => {
    await eventually(() => stage.hub.status().state === 'connected')
    await store(5)
    expect(await readThrough(reader, 10)).toEqual([range(1, 10)])
  })
  const rolledBack = { kind: 'rolled-back', stream: { first: 1, last: 5 } }
  expect(await reader.next()).toMatchObject(rolledBack)
  expect(await read({ sequence: 8 }).next()).toMatchObject(rolledBack)
  reader.seek({ sequence: 0 })
  expect(await readThrough(reader, 5)).toEqual([range(1, 5)])
})

test('a stream that was rolled back and has grown past the offset is told by the time of its message there', async () => {
  const stage = await startStage()
  const { read, store } = stage
  await store(5)
  const reader = read({ sequence: 0 })
  await restoreAfter(stage, async () => {
    await eventually(() => stage.hub.status().state === 'connected')
    await store(2)
    await readThrough(reader, 7)
  })
  const position = reader.position()
  await eventually(() => stage.hub.status().state === 'connected')
  await store(20)
  expect(await reader.next()).toMatchObject({ kind: 'rolled-back', stream: { last: 25 } })
  expect(await read(position).next()).toMatchObject({ kind: 'rolled-back', stream: { last: 25 } })
  expect(await readThrough(read({ sequence: position.sequence }), 25)).toEqual([range(8, 25)])
})

test('kills and restarts of the server lose and double nothing', async () => {
  const { hub, read, store, server } = await startStage({ maxBytes: 64 * KIB * KIB })
  await store(2_000, 8 * KIB)
  const states: string[] = []
  const reader = read({ sequence: 0 }, { askBytes: 128 * KIB, onState: ({ state }) => void states.push(state) })
  const all: (Reading | number[])[] = []
  for (const stop of [500, 1_000, 1_500]) {
    all.push(...(await readThrough(reader, stop)))
    await server.kill()
    await server.restart()
  }
  all.push(...(await readThrough(reader, 2_000)))
  expect(all.flat()).toEqual(range(1, 2_000))
  const next = reader.next()
  await server.kill()
  await server.restart()
  await eventually(() => hub.status().state === 'connected')
  await store(1)
  expect(await next).toMatchObject({ kind: 'moves', moves: [{ sequence: 2_001 }] })
  expect(new Set(states)).toEqual(new Set(['reading', 'waiting']))
})

test('a server that hangs is heard again once it goes on', async () => {
  const { read, store, server } = await startStage()
  await store(3)
  const reader = read({ sequence: 0 })
  await readThrough(reader, 3)
  const next = reader.next()
  await server.freeze()
  await delay(2_000)
  await server.thaw()
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
  expect((await readThrough(reader, 1_000)).flat().at(-1)).toBe(1_000)
})

test('a stream that is not there yet is waited for, then read', async () => {
  const fixture = await startFixture()
  const { read, store, streams } = await stageOn(await fixture.connect(), fixture.server)
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
  await readThrough(reader, 5)
  const waiting = reader.next()
  reader.seek({ sequence: 3 })
  expect(await waiting).toMatchObject({ kind: 'moves', moves: [{ sequence: 4 }, { sequence: 5 }] })
  const end = reader.next()
  await reader.close()
  expect([await end, await reader.next()]).toEqual([{ kind: 'closed' }, { kind: 'closed' }])
})
