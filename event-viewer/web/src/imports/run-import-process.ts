import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { FleetError } from '@fleetlake/core'
import type { Preview } from '@fleetlake/intake'
import { residentBytes } from '@fleetlake/service'
import { type ImportNews, type ImportOrder, type ImportOutcome, STOP } from './import-orders.ts'

const PROGRAM = fileURLToPath(new URL('import-process.ts', import.meta.url))
/** Of the process of one import: it streams, but some formats need a whole document. */
const MEMORY_BYTES = 2 * 1024 ** 3
const LOOK_MS = 500
const PREVIEW_MS = 60_000
/** From the request to stop until the process is ended. */
const STOP_MS = 20_000

export interface ImportHandlers {
  readonly onJob: (job: string) => void
  readonly onSaid: (sentence: string) => void
  readonly onRefused: (counts: { readonly refused: number; readonly kept: number }) => void
}

export interface RunningImport {
  /** Never rejects: what went wrong is an outcome. */
  readonly ended: Promise<ImportOutcome>
  stop(): void
}

/**
 * How the files would be read.
 * @throws FleetError `import.invalid` when a file can't be looked at
 */
export const previewInProcess = async (
  order: ImportOrder & { kind: 'preview' },
  signal: AbortSignal,
): Promise<Preview> => {
  let preview: Preview | undefined
  const child = start(order, (news) => {
    if ('preview' in news) preview = news.preview
  })
  const timer = setTimeout(() => child.giveUp(`could not be looked at within ${PREVIEW_MS / 1000} s`), PREVIEW_MS)
  const onAbort = (): void => child.giveUp('was not looked at: the request was given up')
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const fault = await child.ended
  clearTimeout(timer)
  signal.removeEventListener('abort', onAbort)
  if (preview !== undefined) return preview
  throw new FleetError('import.invalid', fault ?? 'the import ended without a word')
}

export const importInProcess = (order: ImportOrder & { kind: 'import' }, handlers: ImportHandlers): RunningImport => {
  let outcome: ImportOutcome | undefined
  const child = start(order, (news) => {
    if ('job' in news) handlers.onJob(news.job)
    else if ('said' in news) handlers.onSaid(news.said)
    else if ('refused' in news) handlers.onRefused(news)
    else if ('ended' in news) outcome = news.ended
  })
  return {
    ended: child.ended.then(
      (fault) => outcome ?? { status: 'failed', text: fault ?? 'the process of the import ended without a word' },
    ),
    stop: child.stop,
  }
}

/** Resolves, when the process is gone, with what went wrong, if anything did. */
const start = (order: ImportOrder, onNews: (news: ImportNews) => void) => {
  const child = fork(PROGRAM, {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${MEMORY_BYTES / 2 / 1024 ** 2}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let fault: string | undefined
  const giveUp = (reason: string): void => {
    fault ??= reason
    child.kill('SIGKILL')
  }
  const watch = setInterval(() => {
    void residentBytes(child.pid).then((bytes) => {
      if (bytes > MEMORY_BYTES) giveUp(`the import needs more than ${MEMORY_BYTES / 1024 ** 3} GiB of memory`)
    })
  }, LOOK_MS)
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('message', (news: ImportNews) => {
      if ('fault' in news) fault ??= news.fault
      else onNews(news)
    })
    child.on('error', (error) => {
      fault ??= `the import can't be started: ${error.message}`
    })
    // After its last message was taken.
    child.on('close', (code, signal) => {
      clearInterval(watch)
      const isCrash = code !== 0 && fault === undefined
      resolve(isCrash ? `the process that reads the files has crashed (${signal ?? `code ${code}`})` : fault)
    })
  })
  child.send(order, () => undefined)
  return { ended, giveUp, stop: () => stopProcess(child) }
}

const stopProcess = (child: ChildProcess): void => {
  if (!child.connected) return
  child.send(STOP, () => undefined)
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  child.once('close', () => clearTimeout(timer))
}
