import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { FleetError } from '@fleetlake/core'
import type { TableRows } from './read-table.ts'
import type { TableAnswer, TableRequest } from './table-process.ts'

/** For the rows of a block. */
const LIMIT_MS = 10 * 60_000

/**
 * The rows of a view or a virtual table, read in a process of their own, which is killed when reading is aborted, is no longer asked for, or takes too long: what a schema has SQLite do may never end.
 * @throws FleetError `import.invalid`
 */
export async function* readInProcess(
  request: TableRequest,
  { signal, limitMs = LIMIT_MS }: { signal: AbortSignal; limitMs?: number },
): AsyncGenerator<TableRows> {
  signal.throwIfAborted()
  const child = fork(join(import.meta.dirname, 'table-process.ts'), [JSON.stringify(request)], {
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  try {
    for (;;) {
      const answer = await ask(child, { file: request.file, signal, limitMs })
      if ('fault' in answer) throw new FleetError('import.invalid', answer.fault)
      if (answer.rows === undefined) return
      yield answer.rows
    }
  } finally {
    child.kill('SIGKILL')
  }
}

const ask = (
  child: ChildProcess,
  { file, signal, limitMs }: { file: string; signal: AbortSignal; limitMs: number },
): Promise<TableAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<TableAnswer>()
  const refuse = (what: string): void => reject(new FleetError('import.invalid', `${file}: ${what}`))
  const onMessage = (message: unknown): void => resolve(message as TableAnswer)
  const onExit = (): void => refuse('the process that read it has ended: it may need more memory than there is')
  const onAbort = (): void => reject(signal.reason as Error)
  const timer = setTimeout(
    () => refuse(`SQLite found no row within ${Math.round(limitMs / 1000)} s: export the view into a table`),
    limitMs,
  )
  child.once('message', onMessage)
  child.once('exit', onExit)
  child.once('error', onExit)
  signal.addEventListener('abort', onAbort, { once: true })
  // An exit tells what went wrong.
  child.send('next', () => undefined)
  return promise.finally(() => {
    clearTimeout(timer)
    child.off('message', onMessage)
    child.off('exit', onExit)
    child.off('error', onExit)
    signal.removeEventListener('abort', onAbort)
  })
}
