import { moveStreamName } from '@fleetlake/contracts'
import { type Hub, lookAtStream, type Offset } from '@fleetlake/hub'
import { expect, test } from 'vitest'
import { publishRows, rowsFrom, setUp } from './testing/collector-process.ts'
import { createPurger } from './purge-committed.ts'

const offsetAt = async (hub: Hub, sequence: number): Promise<Required<Offset>> => {
  const message = await hub.streams.message(moveStreamName(0), { sequence })
  const { created } = await lookAtStream(hub, 0)
  return { created, sequence, timestampMs: message!.timestampMs }
}

const remembered = async (): Promise<void> => {}

test('a message goes only when it is committed, old enough, and the stream is the one that was committed', async () => {
  const { hub } = await setUp()
  for (let i = 0; i < 6; i++) await publishRows(hub, 0, rowsFrom(i, 1))
  const committed = await offsetAt(hub, 4)
  const firstAfter = async (duplicateWindowMs: number, offset: Offset): Promise<number> => {
    await createPurger(hub, duplicateWindowMs, remembered).purge({ partition: 0, committed: offset })
    return (await lookAtStream(hub, 0)).first
  }
  // The margin is 30 s: a window of −31 s makes everything old enough, also what was stored in this millisecond.
  expect(await firstAfter(120_000, committed)).toBe(1)
  expect(await firstAfter(0, committed)).toBe(1)
  expect(await firstAfter(-31_000, { ...committed, timestampMs: committed.timestampMs - 1 })).toBe(1)
  expect(await firstAfter(-31_000, { ...committed, sequence: 9 })).toBe(1)
  expect(await firstAfter(-31_000, { created: committed.created, sequence: 4 })).toBe(1)
  expect(await firstAfter(-31_000, { created: committed.created, sequence: 0 })).toBe(1)
  expect(await firstAfter(-31_000, committed)).toBe(4)
  expect(await firstAfter(-31_000, committed)).toBe(4)
  expect((await lookAtStream(hub, 0)).last).toBe(6)
})

test('nothing goes before the hub remembers the version of the table that the purge trusts in', async () => {
  const { hub } = await setUp()
  for (let i = 0; i < 3; i++) await publishRows(hub, 0, rowsFrom(i, 1))
  const committed = await offsetAt(hub, 3)
  const refuse = (): Promise<void> => Promise.reject(new Error('not remembered'))
  const purger = createPurger(hub, -31_000, refuse)
  await expect(purger.purge({ partition: 0, committed })).rejects.toThrow('not remembered')
  expect((await lookAtStream(hub, 0)).first).toBe(1)
})
