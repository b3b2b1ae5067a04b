import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../event-collector/src/main.ts', import.meta.url))

/** A collector that can be killed. */
export interface CollectorProcess {
  /** What it warns of, as sentences. */
  readonly warnings: readonly string[]
  kill(): Promise<void>
}

/** @param settings flags without their dashes */
export const startCollectorProcess = (settings: Readonly<Record<string, string>>): CollectorProcess => {
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args, '--log.level', 'warn'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const warnings: string[] = []
  const hear = (chunk: Buffer): void => void warnings.push(...String(chunk).split('\n').filter(Boolean))
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const ended = once(child, 'exit')
  return {
    warnings,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
