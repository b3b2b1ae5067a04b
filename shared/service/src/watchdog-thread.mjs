import { writeSync } from 'node:fs'
import { Session } from 'node:inspector'
import { workerData } from 'node:worker_threads'
import { createSilence } from './silence.mjs'

/**
 * Ends the process when the loop of its main thread has stood still for too long, and says where. JavaScript, since a thread that strips
 * types takes 10 MB more. It needs nothing of the main thread: not its log, and no handler of a signal.
 */

/** @type {import('./watchdog.ts').Watched} */
const { beats, everyMs, limitMs, name, format } = workerData

/** How long it waits to be told where the main thread is; native code does not tell. */
const ASK_MS = 5_000
const MOST_FRAMES = 6
/** As the log counts levels. */
const FATAL = 60

/** @param {string} where */
const lineOf = (where) => {
  const msg = `the event loop has stood still for ${limitMs / 1000} s, in ${where}: ending the process, to be started again`
  const time = new Date().toISOString()
  if (format === 'json') return `${JSON.stringify({ level: FATAL, time, pid: process.pid, name, msg })}\n`
  return `${time.slice(11, 19)} ${name}: fatal: ${msg}\n`
}

/** @param {string} where */
const end = (where) => {
  try {
    writeSync(2, lineOf(where))
  } finally {
    process.kill(process.pid, 'SIGKILL')
  }
}

/** Stops the main thread as a debugger does, to read its stack. */
const endWithStack = () => {
  const session = new Session()
  session.connectToMainThread()
  /** @type {Map<string, string>} */
  const files = new Map()
  session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url))
  session.on('Debugger.paused', ({ params }) => {
    const frames = params.callFrames
      .map(({ functionName, location: { scriptId, lineNumber } }) => ({
        called: functionName === '' ? 'a function' : functionName,
        file: files.get(scriptId)?.split('/').at(-1),
        line: lineNumber + 1,
      }))
      .slice(0, MOST_FRAMES)
    end(frames.map(({ called, file, line }) => `${called} (${file}:${line})`).join(' < ') || 'native code')
  })
  session.post('Debugger.enable', () => session.post('Debugger.pause'))
  setTimeout(() => end('native code'), ASK_MS)
}

const isSilent = createSilence({ everyMs, limitMs })
const looking = setInterval(() => {
  const isDebugged = Atomics.load(beats, 1) === 1
  const isOver = isSilent(performance.now(), Atomics.load(beats, 0))
  if (!isOver || isDebugged) return
  clearInterval(looking)
  endWithStack()
}, everyMs)
