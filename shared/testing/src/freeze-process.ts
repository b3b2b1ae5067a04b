import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { eventually } from './eventually.ts'

/** Of each thread, the letter of `ps`: T where it stands. */
const statesOf = (pid: number): string[] => {
  if (process.platform !== 'linux')
    return [execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' })]
  const threads = `/proc/${pid}/task`
  return readdirSync(threads).map(
    (thread) => /\) (\S) [^)]*$/.exec(readFileSync(`${threads}/${thread}/stat`, 'utf8'))![1],
  )
}

/**
 * Stops a process where it is (SIGSTOP), until SIGCONT.
 * @returns once all of its threads stand: each does so by itself, after the signal has been sent, and goes on with what it was about until then
 */
export const freezeProcess = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP')
  await eventually(() => statesOf(pid).every((state) => state.startsWith('T')), { what: `that process ${pid} stands` })
}
