import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { CONTENT_TYPES, readerNote } from '@fleetlake/contracts'
import { readDeadLetters } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { poisonOf } from '../../shared/service/src/testing/decoder.ts'
import {
  archived,
  flush,
  ids,
  publish,
  publishRows,
  rowsFrom,
  type ServerSetup,
  setUpServer,
} from './testing/collector-process.ts'

/** A collector as a process that is started again whenever it ends, until the test does. */
const keepCollector = ({ config, server }: ServerSetup) => {
  const ends: string[] = []
  let output = ''
  let child: ChildProcess | undefined
  let isOver = false
  const run = async (): Promise<void> => {
    while (!isOver) {
      child = spawn(
        process.execPath,
        [fileURLToPath(new URL('testing/poisoned-collector-process.ts', import.meta.url))],
        {
          stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
          env: {
            ...process.env,
            FLEET_LOG_FORMAT: 'text',
            FLEET_HUB_URL: server.url,
            FLEET_ARCHIVE_PATH: config.archive.path,
            FLEET_PARTITIONING_COUNT: String(config.partitioning.count),
            FLEET_SERVICE_HANG_MS: '5 s',
          },
        },
      )
      for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (output += String(chunk)))
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
  return { ends, readOutput: () => output, kill: () => child?.kill('SIGKILL') }
}

const lettersOf = async ({ hub }: ServerSetup) => {
  const letters = []
  for await (const { messageSequence, reason } of readDeadLetters(hub)) letters.push({ messageSequence, reason })
  return letters
}

/** How many collectors have noted that they read partition 0, and have not taken it back. */
const readersOf = async ({ hub }: ServerSetup): Promise<number> => {
  const notes = await hub.streams.subjects('READERS', readerNote('collectors', 0, '*')).catch(() => [])
  return notes.length
}

test('messages that make a collector hang or crash are dead letters after two ends, and all others are archived', async () => {
  const setup = await setUpServer()
  const { hub, folder } = setup
  await publishRows(hub, 0, rowsFrom(0, 10))
  await publish(hub, 0, poisonOf('spin'), CONTENT_TYPES.arrow)
  await publishRows(hub, 0, rowsFrom(10, 10))
  await publish(hub, 0, poisonOf('crash'), CONTENT_TYPES.arrow)
  await publishRows(hub, 0, rowsFrom(20, 10))
  await publishRows(hub, 1, rowsFrom(30, 10))
  const { ends, readOutput } = keepCollector(setup)
  await flush(hub, 0)
  await flush(hub, 1)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 40)))
  expect(await lettersOf(setup)).toEqual([
    { messageSequence: 2, reason: 'decoding took more than 2 s, 2 times, alone' },
    { messageSequence: 4, reason: 'decoding crashes (SIGABRT), 2 times, alone' },
  ])
  expect(ends).toEqual(['SIGKILL', 'SIGKILL'])
  expect(readOutput()).toMatch(/fatal: the event loop has stood still for 5 s, in spin \(decoder\.ts:\d+\)/)
})

test('a collector that has come further counts ends from the beginning: the next such message ends two as well', async () => {
  const setup = await setUpServer()
  const { hub, folder } = setup
  const { ends } = keepCollector(setup)
  for (const [i, from] of [0, 10].entries()) {
    await publishRows(hub, 0, rowsFrom(from, 10))
    await publish(hub, 0, poisonOf('crash'), CONTENT_TYPES.arrow)
    await flush(hub, 0)
    expect((await lettersOf(setup)).map(({ messageSequence }) => messageSequence)).toEqual([2, 4].slice(0, i + 1))
    expect(ends).toEqual(Array(2 * (i + 1)).fill('SIGABRT'))
  }
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 20)))
})

test('that collectors are killed at the same offset, again and again, makes no dead letter', async () => {
  const setup = await setUpServer()
  const { hub, folder } = setup
  await publishRows(hub, 0, rowsFrom(0, 10))
  const { ends, readOutput, kill } = keepCollector(setup)
  for (let i = 1; i <= 3; i++) {
    await eventually(async () => (await readersOf(setup)) === i, { what: `the note of reader ${i}` })
    kill()
    await eventually(() => ends.length === i, { what: `end ${i}` })
  }
  await publishRows(hub, 0, rowsFrom(10, 10))
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 20)))
  expect(await lettersOf(setup)).toEqual([])
  expect(readOutput()).toContain('each message is decoded alone')
  expect(ends).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL'])
})
