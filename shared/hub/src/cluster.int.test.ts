import { configSchema, moveStreamName } from '@fleetlake/contracts'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { eventually, startTestCluster } from '@fleetlake/testing'
import { jetstream, jetstreamManager, DeliverPolicy } from '@nats-io/jetstream'
import { expect, onTestFinished, test } from 'vitest'
import { connectHub } from './connect.ts'
import { untilAnswered } from './jet-stream.ts'
import { provision } from './provision.ts'
import { createMovePublisher } from './publish-moves.ts'

const MIB = 1024 * 1024
const MESSAGES = 600

const payloadOf = (n: number): Uint8Array =>
  encodePositions(
    positionsOfRows([
      {
        vehicleId: `v-${n}`,
        vehicleType: 'bus',
        eventTime: 1_767_600_000_000 + n,
        longitude: -56.2,
        latitude: -34.9,
        speed: 1,
        heading: 2,
      },
    ]),
  )

test('with three replicas the leader is killed three times while moves are published, and no acknowledged one is lost or doubled', async () => {
  const cluster = await startTestCluster()
  onTestFinished(() => cluster.stop())
  const hub = await connectHub({ url: cluster.urls[0], service: 'test' })
  onTestFinished(() => hub.close())
  const manager = await eventually(
    async () => {
      const candidate = await jetstreamManager(hub.connection, { timeout: 1_000 })
      await candidate.getAccountInfo()
      return candidate
    },
    { what: 'a leader of the cluster' },
  )
  const config = configSchema.parse({
    hub: { url: cluster.urls[0], maxBytesPerPartition: 16 * MIB, maxBytesDeadLetters: MIB, replicas: 3 },
    partitioning: { count: 1 },
  })
  await provision(hub, config)
  const leader = async (): Promise<string | undefined> =>
    (await manager.streams.info(moveStreamName(0))).cluster?.leader || undefined
  const publisher = createMovePublisher(hub, {
    run: 'run',
    agent: 'agent',
    partitions: [0],
    queueBytes: 8 * 1024,
    duplicateWindowMs: config.hub.duplicateWindowMs,
  })
  for (let n = 0; n < MESSAGES; n++) {
    await publisher.whenRoom()
    publisher.publish(0, payloadOf(n), { 'fleet-rows': '1' })
    if (n % 200 === 100) {
      const name = await eventually(leader, { what: 'a leader of the stream' })
      await cluster.kill(name)
      await cluster.restart(name)
    }
  }
  await publisher.drain()
  expect(publisher.stats()).toMatchObject({ messages: MESSAGES, rows: MESSAGES, unknown: 0 })
  // The last leader was killed a moment ago: the cluster may still be choosing another.
  const consumer = await untilAnswered(hub, () =>
    jetstream(hub.connection).consumers.get(moveStreamName(0), { deliver_policy: DeliverPolicy.All }),
  )
  const ids: string[] = []
  while (ids.length < MESSAGES) {
    for await (const { headers } of await consumer.fetch({ max_messages: 200, expires: 2_000 })) {
      ids.push(headers!.get('ce-id'))
    }
  }
  expect(ids.length).toBe(MESSAGES)
  expect(ids.map((id) => Number(id.split('/').at(-1))).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: MESSAGES }, (_, i) => i + 1),
  )
})
