import { configSchema, moveStreamName } from '@fleetlake/contracts'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { eventually, startTestCluster } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connectHub } from './connection/connect.ts'
import { lookAtStream } from './streams/look-at-stream.ts'
import { provision } from './streams/provision.ts'
import { createMovePublisher } from './publish/publish-moves.ts'
import { readThrough } from './read/read-through.ts'

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
  /** What the servers say of themselves, which the port does not show. */
  const ask = async (
    subject: string,
  ): Promise<{ readonly error?: unknown; readonly cluster?: { leader?: string } }> => {
    const answer = await hub.control.request(subject, new Uint8Array(), { timeoutMs: 1_000 })
    return answer.kind === 'answered' ? JSON.parse(new TextDecoder().decode(answer.message.data)) : { error: answer }
  }
  await eventually(async () => (await ask('$JS.API.INFO')).error === undefined, { what: 'a leader of the cluster' })
  const config = configSchema.parse({
    hub: { url: cluster.urls[0], maxBytesPerPartition: 16 * MIB, maxBytesDeadLetters: MIB, replicas: 3 },
    partitioning: { count: 1 },
  })
  await provision(hub, config)
  const leader = async (): Promise<string | undefined> =>
    (await ask(`$JS.API.STREAM.INFO.${moveStreamName(0)}`)).cluster?.leader || undefined
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
  const ids: string[] = []
  const { last } = await lookAtStream(hub, 0)
  for await (const { header } of readThrough(hub, { stream: moveStreamName(0), last, askBytes: MIB })) {
    ids.push(header('ce-id')!)
  }
  expect(ids.length).toBe(MESSAGES)
  expect(ids.map((id) => Number(id.split('/').at(-1))).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: MESSAGES }, (_, i) => i + 1),
  )
})
