import { subjects } from '@fleetlake/contracts'
import { type Hub, lookAtStream, storedAt, storeMessage } from '@fleetlake/hub'
import { expect, test } from 'vitest'
import { startMemoryProvisioned } from '../../../shared/hub/src/testing/memory-hub.ts'
import { createLagLook } from './lag-of.ts'

const bytes = new TextEncoder().encode('a message') as Uint8Array<ArrayBuffer>

const store = (hub: Hub, id: string, rows: string): Promise<void> =>
  storeMessage(hub, 'move', subjects.move(1), bytes, { id, headers: { 'fleet-rows': rows } })

test('of what was not read yet the first message says how many positions each has, and since when they wait', async () => {
  const { hub } = await startMemoryProvisioned()
  for (const id of ['a', 'b', 'c']) await store(hub, id, '25')
  const stored = (await storedAt(hub, 1, 2))!
  const look = createLagLook(hub, { rowsPerMessage: () => undefined, now: () => stored + 4_000 })
  const { lags } = await look([{ partition: 1, committed: { sequence: 1 }, lagMs: 0 }])
  expect(lags).toEqual([{ partition: 1, rows: 50, seconds: 4 }])
})

test('a message that says no number of positions, or none that can be true, counts as one', async () => {
  const { hub } = await startMemoryProvisioned()
  const look = createLagLook(hub, { rowsPerMessage: () => undefined, now: Date.now })
  const rows: number[] = []
  for (const [i, said] of ['0', '-5', '1e9', '12345678', 'NaN', ''].entries()) {
    await store(hub, said, said)
    const { lags } = await look([{ partition: 1, committed: { sequence: i }, lagMs: 0 }])
    rows.push(...lags.map((lag) => lag.rows))
  }
  expect(rows).toEqual([1, 1, 1, 1, 1, 1])
})

test('what was read has the age that its reader knows, and the positions that messages have had so far', async () => {
  const { hub } = await startMemoryProvisioned()
  for (const id of ['a', 'b', 'c']) await store(hub, id, '25')
  const look = createLagLook(hub, { rowsPerMessage: () => 10.4, now: () => 0 })
  const { lags } = await look([{ partition: 1, committed: { sequence: 0 }, lagMs: 7_000 }])
  expect(lags).toEqual([{ partition: 1, rows: 31, seconds: 7 }])
})

test('a stream that was made again, or whose offset is not known, has no lag yet, and is filled all the same', async () => {
  const { hub } = await startMemoryProvisioned()
  await store(hub, 'a', '25')
  const { created } = await lookAtStream(hub, 1)
  const look = createLagLook(hub, { rowsPerMessage: () => 1, now: Date.now })
  const { lags, fills } = await look([
    { partition: 0, committed: undefined, lagMs: 0 },
    { partition: 1, committed: { sequence: 0, created: `${created} of another` }, lagMs: 0 },
    { partition: 63, committed: { sequence: 0 }, lagMs: 0 },
  ])
  expect(lags).toEqual([])
  expect(fills.map(({ stream }) => stream)).toEqual(['MOVES_0', 'MOVES_1'])
})
