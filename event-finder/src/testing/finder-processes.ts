import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A process of the tests, which the test ends. */
const startProcess = async (script: string, args: readonly string[]): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  return child
}

export interface ProcessOptions {
  /** Of the hub. */
  readonly url: string
  /** As `archive.path`. */
  readonly path: string
}

export const startAgentProcess = ({ url, path }: ProcessOptions): Promise<ChildProcess> =>
  startProcess('agent-process.ts', [url, path])

/** A whole finder, coordinator and agent, as it is run. */
export const startFinderProcess = ({ url, path }: ProcessOptions, ...flags: string[]): Promise<ChildProcess> =>
  startProcess('../main.ts', ['--hub.url', url, '--archive.path', path, ...flags])

export const killProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
