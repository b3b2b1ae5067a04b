import { statSync } from 'node:fs'
import { open, statfs } from 'node:fs/promises'
import { createSilence } from '@fleetlake/service'
import { layOutDataFolder } from './data-folder.ts'
import { probeJetStream } from './probe-jet-stream.ts'
import type { NatsServer } from './start-nats-server.ts'

export type WatchOptions = {
  /** how long JetStream may not answer */
  silenceMs?: number
  /** told once while the disk has no room, since a restart would not mend that */
  say?: (line: string) => void
}

export type JetStreamWatch = {
  /** resolves with the reason when the server should be started again */
  readonly failed: Promise<string>
  /** Whether it has answered what it was asked last, some seconds ago at most. */
  isAnswering(): boolean
  stop(): void
}

const usualSilenceMs = 20_000
const mostEveryMs = 2_000
const probeMs = 5_000
/** With less than this a server that is started again fails as the one before. */
const roomBytes = 32 * 1024 ** 2
/** What the server says of a write that failed: Go of a disk without room, and 2.15 of any. */
const failedWrite = /no space left on device|disk quota exceeded|Critical write error/
const mostLogBytes = 1024 ** 2

/**
 * Watches whether the JetStream of a server that runs does its work. Two things that nats-server does not recover from by itself, seen after
 * its disk was full: 2.9.10 answers no request of JetStream any more; 2.15.1 answers, but a stream that met the full disk stores nothing
 * until the server is started again. A full disk alone is not a failure: what is stored is still read, and archived.
 */
export const watchJetStream = (
  server: Pick<NatsServer, 'url' | 'dataDir' | 'probeLogin'>,
  { silenceMs = usualSilenceMs, say = () => {} }: WatchOptions = {},
): JetStreamWatch => {
  const { hostname: host, port } = new URL(server.url)
  const everyMs = Math.min(mostEveryMs, silenceMs / 5)
  const isSilent = createSilence({ everyMs, limitMs: silenceMs })
  const readNewLog = openNewLog(layOutDataFolder(server.dataDir).logPath)
  const { promise: failed, resolve } = Promise.withResolvers<string>()
  let answers = 0
  let isProbing = false
  let isAnswering = false
  let hasFailed = false
  let isToldFull = false

  const probe = async (): Promise<void> => {
    if (isProbing) return
    isProbing = true
    isAnswering = await probeJetStream({ host, port: Number(port), login: server.probeLogin }, probeMs)
    if (isAnswering) answers++
    isProbing = false
  }
  const fail = (reason: string): void => {
    clearInterval(looking)
    resolve(reason)
  }
  const look = async (): Promise<void> => {
    const isOver = isSilent(performance.now(), answers)
    void probe()
    hasFailed ||= failedWrite.test(await readNewLog())
    if (!isOver && !hasFailed) return
    if (!(await hasRoom(server.dataDir))) {
      if (!isToldFull) say(`the disk of ${server.dataDir} is full: streams store nothing until there is room`)
      isToldFull = true
      return
    }
    fail(
      isOver
        ? `JetStream has not answered for ${silenceMs / 1000} s`
        : 'a write to its disk failed, and there is room now: its streams notice only when the server is started again',
    )
  }
  const looking = setInterval(() => void look(), everyMs)
  void probe()
  return { failed, isAnswering: () => isAnswering, stop: () => clearInterval(looking) }
}

const hasRoom = async (folder: string): Promise<boolean> => {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize >= roomBytes
}

/** @returns reads what was written since it was read last, or since now, at most the last MiB */
const openNewLog = (path: string): (() => Promise<string>) => {
  let readTo = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return async () => {
    try {
      const file = await open(path)
      try {
        const { size } = await file.stat()
        // It is begun again when it has become too long.
        if (size < readTo) readTo = 0
        const from = Math.max(readTo, size - mostLogBytes)
        const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
        readTo = from + bytesRead
        return buffer.toString('latin1', 0, bytesRead)
      } finally {
        await file.close()
      }
    } catch {
      return ''
    }
  }
}
