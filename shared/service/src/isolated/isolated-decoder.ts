import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { DecodedMove } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { residentBytes } from '../processes.ts'
import { createSilence } from '../silence.mjs'
import type { DecodeAnswer, DecodeRequest } from './decode-process.ts'

export type IsolatedDecoderOptions = {
  /** a message may take so long, not counting stretches in which this process stood still */
  deadlineMs?: number
  /** what the process that decodes may hold of memory */
  memoryBytes?: number
  /** the address of a module with a `decodeMove` of its own; that of `@fleetlake/contracts` when missing */
  module?: string
  /** told each time that the process was ended by others, so that a message is still without a verdict */
  warn?: (fault: string) => void
}

export type IsolatedDecoder = {
  /**
   * Decodes a message in a process of its own, one message at a time. Invariant: it is only the message's fault, and so a reason that
   * `decodeMove` might give, when it took too long, needed too much memory or crashed the process, alone and twice. That the process was
   * killed by anything else, an operator or a system without memory, says nothing: the message is tried again.
   * @throws FleetError `service.failed` once it is closed
   */
  decode(payload: Uint8Array, contentType: string | undefined): Promise<DecodedMove>
  close(): void
}

type Outcome =
  | { kind: 'decoded'; decoded: DecodedMove }
  /** by the message */
  | { kind: 'failed'; reason: string }
  /** by anything else */
  | { kind: 'undecided' }

const usual = { deadlineMs: 10_000, memoryBytes: 512 * 1024 ** 2 }
const attempts = 2
const lookEveryMs = 250
const firstPauseMs = 500
const longestPauseMs = 10_000
const startMs = 60_000
/** A process that has had nothing to do for so long is ended. */
const idleMs = 30_000
/** How a program ends by its own fault, V8 without memory included; not how one is ended from outside. */
const crashes = new Set<string | null>(['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGSYS', 'SIGTRAP'])

export const createIsolatedDecoder = (options: IsolatedDecoderOptions = {}): IsolatedDecoder => {
  const { deadlineMs, memoryBytes, module, warn = () => {} } = { ...usual, ...options }
  const program = fileURLToPath(new URL('decode-process.ts', import.meta.url))
  let child: ChildProcess | undefined
  let idle: NodeJS.Timeout | undefined
  let isClosed = false
  /** The messages before. */
  let turn: Promise<unknown> = Promise.resolve()

  const end = (): void => {
    child?.kill('SIGKILL')
    child = undefined
  }
  /** @returns undefined when it could not be started */
  const start = async (): Promise<ChildProcess | undefined> => {
    const started = fork(program, [String(deadlineMs), ...(module === undefined ? [] : [module])], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${Math.floor(memoryBytes / 2 / 1024 ** 2)}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const isReady = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), startMs)
      const settle = (ready: boolean) => (): void => {
        clearTimeout(timer)
        resolve(ready)
      }
      started.once('message', settle(true)).once('exit', settle(false)).once('error', settle(false))
    })
    // What it meets later is seen by its exit.
    started.on('error', () => {})
    if (isReady && started.exitCode === null && started.signalCode === null) return started
    started.kill('SIGKILL')
    return undefined
  }

  const attempt = (worker: ChildProcess, request: DecodeRequest): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      let tooMuch: string | undefined
      const isOver = createSilence({ everyMs: lookEveryMs, limitMs: deadlineMs })
      const giveUp = (reason: string): void => {
        tooMuch ??= reason
        worker.kill('SIGKILL')
      }
      const looking = setInterval(() => {
        if (isOver(performance.now(), 0)) giveUp(`decoding took more than ${deadlineMs / 1000} s`)
        void residentBytes(worker.pid).then((bytes) => {
          if (bytes > memoryBytes) giveUp(`decoding needed more than ${memoryBytes / 1024 ** 2} MiB`)
        })
      }, lookEveryMs)
      const settle = (): void => {
        clearInterval(looking)
        worker.off('message', onMessage).off('exit', onExit)
      }
      const onMessage = (answer: DecodeAnswer): void => {
        settle()
        if ('decoded' in answer) resolve({ kind: 'decoded', decoded: answer.decoded })
        else reject(new Error('fault' in answer ? answer.fault : 'the decoder started twice'))
      }
      const onExit = (code: number | null, signal: string | null): void => {
        settle()
        child = undefined
        if (tooMuch !== undefined) return resolve({ kind: 'failed', reason: tooMuch })
        const isCrash = signal === null ? code !== 0 : crashes.has(signal)
        resolve(isCrash ? { kind: 'failed', reason: `decoding crashes (${signal ?? `code ${code}`})` } : undecided)
      }
      worker.on('message', onMessage).on('exit', onExit)
      worker.send(request, () => {})
    })

  const judge = async (request: DecodeRequest): Promise<DecodedMove> => {
    clearTimeout(idle)
    try {
      let pauseMs = firstPauseMs
      for (let failed = 0; ;) {
        if (isClosed) throw closed()
        child ??= await start()
        if (isClosed) throw closed()
        const outcome = child === undefined ? undecided : await attempt(child, request)
        if (outcome.kind === 'decoded') return outcome.decoded
        if (outcome.kind === 'undecided') {
          warn(
            `the process that decodes messages one by one was ended from outside or did not start; again in ${pauseMs / 1000} s`,
          )
          await delay(pauseMs)
          pauseMs = Math.min(2 * pauseMs, longestPauseMs)
        } else if (++failed === attempts) return { reason: `${outcome.reason}, ${attempts} times, alone` }
      }
    } finally {
      if (isClosed) end()
      else idle = setTimeout(end, idleMs).unref()
    }
  }

  return {
    decode: (payload, contentType) => {
      const judged = turn.then(() => judge({ payload, contentType }))
      turn = judged.catch(() => {})
      return judged
    },
    close: () => {
      isClosed = true
      clearTimeout(idle)
      end()
    },
  }
}

const undecided: Outcome = { kind: 'undecided' }

const closed = (): FleetError => new FleetError('service.failed', 'the decoder is closed')
