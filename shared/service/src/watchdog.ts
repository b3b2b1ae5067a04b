import { url as debuggerUrl } from 'node:inspector'
import { Worker } from 'node:worker_threads'
import { reasonOf } from '@fleetlake/core'
import { chooseFormat } from './log.ts'

export type WatchdogOptions = {
  name: string
  /** how long the loop may stand still */
  limitMs: number
  /** told when there is no thread to watch */
  warn?: (fault: string) => void
}

/** What the thread is given. */
export type Watched = {
  /** of the main thread: how often its loop has beaten, and whether a debugger holds it */
  beats: Int32Array
  everyMs: number
  limitMs: number
  name: string
  /** of the line that it writes in the end */
  format: 'json' | 'text'
}

const mostEveryMs = 1_000
/** Looks within the limit, at least. */
const looks = 10

/**
 * Ends this process by SIGKILL once its event loop has stood still for too long: each program that starts again what has ended, be it
 * `npm start`, systemd, Docker or Kubernetes, then covers what hangs. A thread of its own watches, since a loop that hangs runs no timer
 * and handles no signal. A stop (SIGSTOP, a machine that sleeps) stops the thread too and counts for nothing.
 * @returns ends watching
 */
export const startWatchdog = ({ name, limitMs, warn = () => {} }: WatchdogOptions): (() => void) => {
  const beats = new Int32Array(new SharedArrayBuffer(8))
  const everyMs = Math.min(mostEveryMs, limitMs / looks)
  const beat = (): void => {
    Atomics.store(beats, 1, debuggerUrl() === undefined ? 0 : 1)
    Atomics.add(beats, 0, 1)
  }
  beat()
  const beating = setInterval(beat, everyMs).unref()
  const watched: Watched = { beats, everyMs, limitMs, name, format: chooseFormat() }
  const thread = new Worker(new URL('watchdog-thread.mjs', import.meta.url), {
    workerData: watched,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  })
  thread.on('error', (error) => warn(`the watchdog of the event loop failed: ${reasonOf(error)}`))
  thread.unref()
  return () => {
    clearInterval(beating)
    void thread.terminate()
  }
}
