import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { createServer } from 'node:net'
import { endWithUs } from '@fleetlake/service'

/** A server's process that ends with this one, however it goes. */
export interface ChildServer {
  readonly pid: number
  readonly hasEnded: () => boolean
  kill(signal: NodeJS.Signals): void
  /** SIGKILL: nothing of a test's server is worth keeping. */
  stop(): Promise<void>
}

export interface ChildCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** For what it prints. */
  readonly logFile: string
}

export const startChildServer = async ({ program, args, env, logFile }: ChildCommand): Promise<ChildServer> => {
  const log = await open(logFile, 'a')
  let child: ChildProcess
  try {
    child = spawn(program, args, { env, stdio: ['ignore', log.fd, log.fd], detached: true })
    await once(child, 'spawn')
  } finally {
    await log.close()
  }
  const stopWatching = endWithUs(child.pid!)
  const ended = once(child, 'exit').then(stopWatching)
  return {
    pid: child.pid!,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill: (signal) => {
      child.kill(signal)
    },
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** A port of the loopback that is free now. */
export const findFreePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
