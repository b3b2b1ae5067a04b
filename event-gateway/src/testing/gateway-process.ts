import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface GatewayProcess {
  readonly child: ChildProcess
  /** Everything that it has written. */
  output(): string
  /** Once it is ready. */
  readonly url: Promise<string>
  readonly ended: Promise<number | null>
  /** SIGTERM; @returns its exit code */
  stop(): Promise<number | null>
}

/** The service as a process of its own, on a free port. */
export const startGatewayProcess = (env: Record<string, string>, args: readonly string[] = []): GatewayProcess => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, FLEET_LOG_FORMAT: 'text', FLEET_GATEWAY_PORT: '0', FLEET_CONFIG: '/dev/null', ...env },
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (output += String(chunk)))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const url = new Promise<string>((resolve, reject) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && 'url' in message!) resolve(String(message.url))
    })
    void ended.then((code) => reject(new Error(`ended with ${code}: ${output}`)))
  })
  // Of one that is not to start nobody awaits it.
  url.catch(() => {})
  return {
    child,
    output: () => output,
    url,
    ended,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}
