import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Tests, told to this process' output. A signal to this process is one to vitest, which ends what its tests have started.
 * @returns the exit code
 */
export const runVitest = async (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> => {
  const child = spawn('vitest', ['run', ...args], { stdio: 'inherit', env: { ...process.env, ...env } })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  const [code] = await once(child, 'exit')
  return (code as number | null) ?? 1
}
