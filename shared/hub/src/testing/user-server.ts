import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { provideNatsServer } from '@fleetlake/nats-server'
import { eventually, freePorts, temporaryFolder } from '@fleetlake/testing'

export interface UserServer {
  readonly websocketUrl: string
  /** Lets in another user, and no more the one before, whose connections it ends. The password is the name. */
  letIn(user: string): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy()
        resolve(true)
      })
  })

/** A real nats-server with a websocket that lets in one user. */
export const startUserServer = async (first: string): Promise<UserServer> => {
  const binary = await provideNatsServer()
  const [port, websocketPort] = await freePorts(2)
  const file = join(await temporaryFolder(), 'nats.conf')
  const configure = (user: string): Promise<void> =>
    writeFile(
      file,
      `host: 127.0.0.1
port: ${port}
websocket { host: 127.0.0.1, port: ${websocketPort}, no_tls: true }
authorization { users: [{ user: ${user}, password: ${user} }] }
`,
    )
  let child: ChildProcess
  const start = async (): Promise<void> => {
    child = spawn(binary, ['-c', file], { stdio: 'ignore' })
    await eventually(() => isListening(websocketPort))
  }
  await configure(first)
  await start()
  return {
    websocketUrl: `ws://127.0.0.1:${websocketPort}`,
    letIn: async (user) => {
      await configure(user)
      child.kill('SIGHUP')
    },
    kill: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
    restart: start,
  }
}
