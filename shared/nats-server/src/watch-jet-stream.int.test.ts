import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freezeProcess } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { probeJetStream } from './probe-jet-stream.ts'
import { startNatsServer } from './start-nats-server.ts'
import { watchJetStream } from './watch-jet-stream.ts'

const start = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-hub-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const server = await startNatsServer({ dataDir: folder })
  onTestFinished(() => server.stop())
  return server
}

/** Answers every connection as told, as a server would whose JetStream is off. */
const serve = async (answer: (inbox: string) => string): Promise<number> => {
  const server = createServer((socket) => {
    socket.write('INFO {}\r\n')
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      const inbox = /SUB (\S+)/.exec(String(bytes))?.[1]
      if (inbox !== undefined) socket.write(answer(inbox))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const fault = '{"type":"io.nats.jetstream.api.v1.account_info_response","error":{"code":503,"err_code":10039}}'

test('a server that runs answers the probe; one that is frozen, gone or without JetStream does not', async () => {
  const { port, pid, kill } = await start()
  const probe = (at: number, withinMs = 30_000): Promise<boolean> =>
    probeJetStream({ host: '127.0.0.1', port: at }, withinMs)
  expect(await probe(port)).toBe(true)
  await freezeProcess(pid)
  expect(await probe(port, 300)).toBe(false)
  await kill('SIGCONT')
  expect(await probe(port)).toBe(true)
  await kill('SIGKILL')
  expect(await probe(port)).toBe(false)
  expect(await probe(await serve((inbox) => `MSG ${inbox} 1 ${fault.length}\r\n${fault}\r\n`))).toBe(false)
})

test('a server whose JetStream is silent is told, and one that answers again is watched on', async () => {
  const server = await start()
  const watch = watchJetStream(server, { silenceMs: 1_500 })
  onTestFinished(() => watch.stop())
  await freezeProcess(server.pid)
  expect(await watch.failed).toBe('JetStream has not answered for 1.5 s')
  await server.kill('SIGCONT')
})

test('a server that met a full disk is told once there is room: its streams store nothing until it is started again', async () => {
  const server = await start()
  const log = join(server.dataDir, 'nats-server.log')
  const line = `[ERR] JetStream failed to store a msg on stream '$G > MOVES_0': write 4.blk: no space left on device\n`
  // Of a run before this one.
  await appendFile(log, line)
  const watch = watchJetStream(server, { silenceMs: 60_000 })
  onTestFinished(() => watch.stop())
  await appendFile(log, line)
  expect(await watch.failed).toMatch(/^a write to its disk failed, and there is room now/)
})
