import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface FolderSpace {
  readonly freeBytes: number
  readonly totalBytes: number
}

const PROGRAM = `
const { statSync, statfsSync } = require('node:fs')
const folder = process.argv[1]
const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
const { bavail, blocks, bsize } = isThere ? statfsSync(folder) : {}
console.log(JSON.stringify(isThere ? { freeBytes: bavail * bsize, totalBytes: blocks * bsize } : null))
`

const run = promisify(execFile)

/**
 * What the disk of a folder has; undefined where there is no such folder, or none that may be looked at. A process of its own asks: a disk that does not answer, such as one of a network,
 * keeps whoever asks it from ending.
 * @param signal ends that process
 * @param program for tests
 */
export const askFolder = async (
  folder: string,
  signal: AbortSignal,
  program: string = PROGRAM,
): Promise<FolderSpace | undefined> => {
  try {
    const { stdout } = await run(process.execPath, ['-e', program, folder], { signal, killSignal: 'SIGKILL' })
    return (JSON.parse(stdout) as FolderSpace | null) ?? undefined
  } catch (error) {
    if (signal.aborted) throw error
    return undefined
  }
}
