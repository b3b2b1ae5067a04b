import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, temporaryFolder, type TestHub } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import type { Reading } from './reading.ts'
import { startProvisioned, type Sizes } from '../testing/hub.ts'
import { range, readUntil, type Stage, stageOn } from './testing/read-stage.ts'

const KIB = 1024

const startStage = async (sizes: Sizes = {}): Promise<Stage & { readonly server: TestHub }> => {
  const { hub, server } = await startProvisioned({ count: 1, ...sizes })
  return { ...stageOn(hub), server }
}

const restoreAfter = async ({ server }: { readonly server: TestHub }, change: () => Promise<void>): Promise<void> => {
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

test('from an offset on, every message comes once and in order, then those that are stored meanwhile', async () => {
  const { read, store, streams } = await startStage()
  await store(300)
  const reader = read({ sequence: 20 })
  expect(await readUntil(reader, 300)).toEqual([range(21, 300)])
  const next = reader.next()
  await store(1)
  expect(await next).toMatchObject({ kind: 'moves', moves: [{ sequence: 301, subject: 'commands.move.0' }] })
  const { created } = await streams.info('MOVES_0')
  const stored = (await streams.message('MOVES_0', { sequence: 301 }))!
  expect(reader.position()).toEqual({ sequence: 301, created, timestampMs: stored.timestampMs })
  await eventually(() => reader.info()?.last === 301)
  expect(reader.info()).toMatchObject({ created, first: 1, last: 301, messages: 301 })
})

test('a stream that a restore has rolled back is told, under a running reader and to one that is opened', async () => {
  const stage = await startStage()
  const { read, store } = stage
  await store(5)
  const reader = read({ sequence: 0 })
  await restoreAfter(stage, async () => {
    await eventually(() => stage.hub.status().state === 'connected')
    await store(5)
    expect(await readUntil(reader, 10)).toEqual([range(1, 10)])
  })
  const rolledBack = { kind: 'rolled-back', stream: { first: 1, last: 5 } }
  expect(await reader.next()).toMatchObject(rolledBack)
  expect(await read({ sequence: 8 }).next()).toMatchObject(rolledBack)
  reader.seek({ sequence: 0 })
  expect(await readUntil(reader, 5)).toEqual([range(1, 5)])
})

test('kills and restarts of the server lose and double nothing', async () => {
  const { hub, read, store, server } = await startStage({ maxBytes: 64 * KIB * KIB })
  await store(2_000, 8 * KIB)
  const states: string[] = []
  const reader = read({ sequence: 0 }, { askBytes: 128 * KIB, onState: ({ state }) => void states.push(state) })
  const all: (Reading | number[])[] = []
  for (const stop of [500, 1_000, 1_500]) {
    all.push(...(await readUntil(reader, stop)))
    await server.kill()
    await server.restart()
  }
  all.push(...(await readUntil(reader, 2_000)))
  expect(all.flat()).toEqual(range(1, 2_000))
  const next = reader.next()
  await server.kill()
  await server.restart()
  await eventually(() => hub.status().state === 'connected')
  await store(1)
  expect(await next).toMatchObject({ kind: 'moves', moves: [{ sequence: 2_001 }] })
  expect(new Set(states)).toEqual(new Set(['reading', 'waiting']))
})
