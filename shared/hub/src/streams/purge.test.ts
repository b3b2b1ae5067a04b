import type { Streams } from '@fleetlake/broker'
import { subjects } from '@fleetlake/contracts'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startMemoryProvisioned } from '../testing/memory-hub.ts'
import { findPurgeable, purgeThrough } from './purge.ts'

const append = (streams: Streams): Promise<{ readonly sequence: number }> =>
  streams.append(subjects.move(0), new Uint8Array(1), { timeoutMs: 5_000 })

test('only what is committed and old enough by the server is purgeable, never the last committed message', async () => {
  const { hub } = await startMemoryProvisioned({ count: 1 })
  const { streams } = hub
  const stamps: number[] = []
  for (let i = 1; i <= 12; i++) {
    await append(streams)
    stamps.push((await streams.message('MOVES_0', { sequence: i }))!.timestampMs)
    await delay(20)
  }
  // The margin is 30 s: a window of about −30 s + a makes what is older than a purgeable.
  const find = async (committed: number, ageMs: number): Promise<[number, number]> => {
    const before = Date.now() - ageMs
    const found = await findPurgeable(hub, { partition: 0, committed, duplicateWindowMs: ageMs - 30_000 })
    const after = Date.now() - ageMs
    const olderThan = (limit: number): number => stamps.filter((stamp) => stamp < limit).length
    expect(found).toBeGreaterThanOrEqual(Math.min(committed - 1, olderThan(before)))
    expect(found).toBeLessThanOrEqual(Math.min(committed - 1, olderThan(after + 1)))
    return [found, olderThan(before)]
  }
  await find(12, 120)
  await find(5, 120)
  await find(12, 150)
  expect((await find(12, 0))[0]).toBe(11)
  expect((await find(12, 600_000))[0]).toBe(0)
  expect(await findPurgeable(hub, { partition: 0, committed: 0, duplicateWindowMs: 0 })).toBe(0)
})

test('purging up to a sequence leaves the next one first, and counting goes on', async () => {
  const { hub } = await startMemoryProvisioned({ count: 1 })
  const { streams } = hub
  for (let i = 1; i <= 5; i++) await append(streams)
  await purgeThrough(hub, 0, 0)
  expect(await streams.info('MOVES_0')).toMatchObject({ first: 1, messages: 5 })
  await purgeThrough(hub, 0, 3)
  expect(await streams.info('MOVES_0')).toMatchObject({ first: 4, last: 5 })
  expect((await append(streams)).sequence).toBe(6)
})
