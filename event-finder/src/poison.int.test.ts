import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { CONTENT_TYPES, configSchema, subjects } from '@fleetlake/contracts'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { connectHub, provision, storeMessage } from '@fleetlake/hub'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { poisonOf } from '../../shared/service/src/testing/decoder.ts'
import { START_MS } from './testing/archive.ts'
import { ALL, askAll } from './testing/finder.ts'

const rowOf = (vehicle: number) => ({
  vehicleId: `v-${vehicle}`,
  vehicleType: 'bus',
  eventTime: START_MS + vehicle * 1_000,
  longitude: -56.2,
  latitude: -34.9,
  speed: 10,
  heading: 90,
})

/** A finder as a process that is started again whenever it ends, until the test does. */
const keepFinder = (url: string, path: string): string[] => {
  const ends: string[] = []
  let child: ChildProcess | undefined
  let isOver = false
  const run = async (): Promise<void> => {
    while (!isOver) {
      child = spawn(process.execPath, [join(import.meta.dirname, 'testing/poisoned-finder-process.ts')], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        env: { ...process.env, FLEET_HUB_URL: url, FLEET_ARCHIVE_PATH: path, FLEET_SERVICE_HANG_MS: '5 s' },
      })
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
      ends.push(signal ?? `code ${code}`)
    }
  }
  const running = run()
  onTestFinished(async () => {
    isOver = true
    child?.kill('SIGTERM')
    await running
  })
  return ends
}

test('a message that makes a finder hang counts as no rows after two ends, as for the collector', async () => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const hub = await connectHub({ url: server.url, service: 'test' })
  onTestFinished(() => hub.close())
  await provision(hub, configSchema.parse({ hub: { maxBytesPerPartition: '16 MiB' }, partitioning: { count: 2 } }))
  let sent = 0
  const publish = (partition: number, payload: Uint8Array): Promise<void> =>
    storeMessage(hub, 'move', subjects.move(partition), payload as Uint8Array<ArrayBuffer>, {
      id: `test/${sent++}`,
      contentType: CONTENT_TYPES.arrow,
    })
  const publishRow = (partition: number, vehicle: number): Promise<void> =>
    publish(partition, encodePositions(positionsOfRows([rowOf(vehicle)])))
  await publishRow(0, 0)
  await publish(0, poisonOf('spin'))
  await publishRow(0, 1)
  await publishRow(1, 2)
  const ends = keepFinder(server.url, await temporaryFolder())
  const askUntilComplete = async (): Promise<string[]> => {
    const { keys } = await eventually(
      async () => {
        const answer = await askAll(hub, ALL)
        return answer.outcome.status === 'complete' && answer
      },
      { what: 'a complete answer' },
    )
    return keys.map((key) => key.split(' ')[0]).toSorted()
  }
  expect(await askUntilComplete()).toEqual(['v-0', 'v-1', 'v-2'])
  expect(ends).toEqual(['SIGKILL', 'SIGKILL'])
  await publishRow(0, 3)
  expect(await askUntilComplete()).toEqual(['v-0', 'v-1', 'v-2', 'v-3'])
  expect(ends).toHaveLength(2)
})
