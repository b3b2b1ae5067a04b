import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { FleetError } from '@fleetlake/core'
import { type AliveMessage, createSilence } from '@fleetlake/service'

export type ServiceCommand = {
  /** e.g. `collector-2`, in front of each of its lines */
  name: string
  file: string
  args: readonly string[]
  cwd: string
  env: NodeJS.ProcessEnv
  say: (line: string) => void
  readyTimeoutMs: number
  /** how long a ready service may give no sign of life before it counts as hung and is killed */
  silenceMs: number
  /** aborted: the start was given up */
  signal: AbortSignal
}

export type ServiceProcess = {
  readonly name: string
  readonly pid: number
  /** what the service sent when it was ready */
  readonly details: Record<string, unknown>
  /** resolves when the process is gone; `asked`: whether it was ended through here */
  readonly ended: Promise<{ asked: boolean; how: string }>
  kill(signal: NodeJS.Signals): void
  /** SIGTERM, then SIGKILL after the grace */
  stop(graceMs: number): Promise<void>
}

/**
 * Starts a service and waits until it says that it is ready. It has a process group of its own, so that a terminal's
 * Ctrl-C reaches it through us and in order, and a channel by which it notices when we are gone.
 * @throws FleetError `service.failed` with its last line when it ends first or is not ready in time
 */
export const startServiceProcess = async (command: ServiceCommand): Promise<ServiceProcess> => {
  const { name, file, args, cwd, env, say } = command
  const child = spawn(process.execPath, [file, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  let lastLine = ''
  const onLine = (line: string): void => {
    if (line.trim() !== '') lastLine = line
    say(`${name} | ${line}`)
  }
  const read = [child.stdout!, child.stderr!].map((stream) => readLines(stream, onLine))
  let asked = false
  const ended = endOf(child, read).then((how) => ({ asked, how }))
  const details = await awaitReady(child, ended, command, () => lastLine)
  killWhenSilent(child, ended, command)
  const kill = (signal: NodeJS.Signals): void => {
    asked = true
    child.kill(signal)
  }
  return {
    name,
    pid: child.pid!,
    details,
    ended,
    kill,
    stop: async (graceMs) => {
      kill('SIGTERM')
      const timer = setTimeout(() => {
        say(`${name} | did not stop within ${graceMs / 1000} s and is killed`)
        kill('SIGKILL')
      }, graceMs)
      await ended
      clearTimeout(timer)
    },
  }
}

const readLines = (stream: Readable, onLine: (line: string) => void): Promise<void> =>
  new Promise((resolve) => {
    createInterface({ input: stream }).on('line', onLine).on('close', resolve)
  })

/** All that the process has written is read by then. */
const endOf = async (child: ChildProcess, read: readonly Promise<void>[]): Promise<string> => {
  const how = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `with code ${code}` : `by ${signal}`))
  })
  await Promise.all(read)
  return how
}

const awaitReady = (
  child: ChildProcess,
  ended: ServiceProcess['ended'],
  { name, readyTimeoutMs, signal }: ServiceCommand,
  lastLine: () => string,
): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new FleetError('service.failed', `${name} was not ready after ${readyTimeoutMs / 1000} s: ${lastLine()}`))
    }, readyTimeoutMs)
    const giveUp = (): void => {
      child.kill('SIGTERM')
    }
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp)
    child.on('message', (message) => {
      if (typeof message !== 'object' || message === null || !('ready' in message)) return
      const { ready: _, ...details } = message
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      resolve(details)
    })
    void ended.then(({ how }) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      return reject(new FleetError('service.failed', `${name} ended ${how} before it was ready: ${lastLine()}`))
    })
  })

const lookEveryMs = 1_000

/**
 * A service that is ready says each second that its event loop runs. One that hangs ends itself (`startWatchdog`); one that was frozen from
 * outside, or whose memory is being swapped, can't. SIGKILL, since neither handles a signal; it is an end that was not asked for.
 */
const killWhenSilent = (
  child: ChildProcess,
  ended: ServiceProcess['ended'],
  { name, silenceMs, say }: ServiceCommand,
): void => {
  const everyMs = Math.min(lookEveryMs, silenceMs / 10)
  const isSilent = createSilence({ everyMs, limitMs: silenceMs })
  let signs = 0
  let isDebugged = false
  child.on('message', (message) => {
    signs++
    isDebugged = (message as Partial<AliveMessage> | null)?.isDebugged ?? isDebugged
  })
  const looking = setInterval(() => {
    if (!isSilent(performance.now(), signs) || isDebugged) return
    clearInterval(looking)
    say(`${name} | has given no sign of life for ${silenceMs / 1000} s and is killed`)
    child.kill('SIGKILL')
  }, everyMs)
  void ended.then(() => clearInterval(looking))
}
