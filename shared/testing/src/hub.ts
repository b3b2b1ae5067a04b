import { startNatsServer, type NatsServer } from '@fleetlake/nats-server'
import { freezeProcess } from './freeze-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const MIB = 1024 * 1024

export interface TestHubOptions {
  /** What the server's streams may reserve in all. */
  readonly maxFileBytes?: number
  /** Of an earlier hub; a fresh temporary one when missing. */
  readonly dataDir?: string
  /** Whose pages may connect over websocket; those of a viewer on its usual port when missing. */
  readonly websocketOrigins?: readonly string[]
  /** Whether they may have vehicles generated; they may when missing, if all of them are on the loopback. */
  readonly pagesMayGenerate?: boolean
  /** Whether everyone has to log in. */
  readonly asksEveryone?: boolean
  /** Another nats-server than the current one. */
  readonly binary?: string
}

export interface TestHub {
  readonly url: string
  /** For browsers, who are the viewer's user there. */
  readonly websocketUrl: string
  readonly dataDir: string
  readonly server: NatsServer
  /** Ends it in order; the data stays until the test file ends. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** On the same port and data. */
  restart(): Promise<void>
  /** Stops it where it is, and lets it go on. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

/** A real nats-server with JetStream on a free port of the loopback, with a folder of its own. */
export const startTestHub = async (options: TestHubOptions = {}): Promise<TestHub> => {
  const server = await startNatsServer({
    ...options,
    dataDir: options.dataDir ?? (await temporaryFolder()),
    maxFileBytes: options.maxFileBytes ?? 512 * MIB,
  })
  return {
    url: server.url,
    websocketUrl: server.websocketUrl,
    dataDir: server.dataDir,
    server,
    stop: () => server.stop(),
    kill: () => server.kill('SIGKILL'),
    restart: () => server.restart(),
    freeze: () => freezeProcess(server.pid),
    thaw: () => server.kill('SIGCONT'),
  }
}
