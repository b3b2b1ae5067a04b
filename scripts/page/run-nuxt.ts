import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export type NuxtRun = {
  env?: Record<string, string>
  /** given the process's id */
  onStart?: (pid: number) => void
  /** ends the command and all that it started */
  signal?: AbortSignal
}

/** A build takes 1 GB instead of 1.3 GB so; most of it is memory of native code, a share for each of its threads. */
const heapFlags = ['--max-old-space-size=512', '--max-semi-space-size=8']
const threads = { RAYON_NUM_THREADS: '1', TOKIO_WORKER_THREADS: '1', UV_THREADPOOL_SIZE: '1' }

/** What would make a build one for development or for tests. */
const misleading = /^(NODE_ENV|VITEST.*|TEST|CI|FORCE_COLOR)$/

/**
 * Runs a command of Nuxt under this Node, in a process group of its own.
 * @param web the folder of nuxt.config.ts
 * @returns its exit code, null when a signal ended it, and all that it wrote, without colours
 */
export const runNuxt = async (
  web: string,
  args: readonly string[],
  { env = {}, onStart, signal }: NuxtRun = {},
): Promise<{ code: number | null; said: string }> => {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)))
  const child = spawn(process.execPath, [...heapFlags, join(web, 'node_modules/nuxt/bin/nuxt.mjs'), ...args], {
    cwd: web,
    env: { ...threads, ...inherited, NUXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const end = (): void => endGroup(child.pid!)
  child.once('spawn', () => {
    onStart?.(child.pid!)
    signal?.addEventListener('abort', end)
    process.once('exit', end)
    if (signal?.aborted === true) end()
  })
  const [code] = await once(child, 'close')
  signal?.removeEventListener('abort', end)
  process.removeListener('exit', end)
  return { code: code as number | null, said: Buffer.concat(chunks).toString().trim() }
}

const endGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It has ended already.
  }
}
