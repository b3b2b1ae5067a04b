import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { startProvisioned } from '../testing/hub.ts'
import { idsIn, idsOf, publisherOf } from './testing/publisher.ts'

const KIB = 1024

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
