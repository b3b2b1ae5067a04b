import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { provideChdb } from './provide-chdb.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('./clickhouse-process.ts', import.meta.url))

/**
 * Asks ClickHouse one statement after the other, in a process of its own: its native code may end a process.
 * @param folder the only one whose files it may touch
 * @returns of each statement the rows, an object each; of one that gives none, none
 * @throws Error with what ClickHouse says
 */
export const askClickHouse = async (
  folder: string,
  statements: readonly string[],
): Promise<Record<string, unknown>[][]> => {
  const module = await provideChdb()
  const { stdout } = await run(process.execPath, [program, module, JSON.stringify(statements)], {
    cwd: folder,
    maxBuffer: 2 ** 28,
  })
  return JSON.parse(stdout) as Record<string, unknown>[][]
}
