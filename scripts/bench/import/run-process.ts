import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface ProcessFigures {
  readonly stdout: string
  /** From its start to its end. */
  readonly wallMs: number
  /** User and system, of all its threads. */
  readonly cpuMicros: number
  readonly peakRssMb: number
}

export interface ProcessJob {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
  /** For its figures. */
  readonly folder: string
}

/** Has a process of Node do something, and tells what that took. */
export const runProcess = async ({
  program,
  args,
  env,
  nodeArgs = [],
  folder,
}: ProcessJob): Promise<ProcessFigures> => {
  const usage = join(folder, 'usage.json')
  const told = ['--import', join(import.meta.dirname, 'tell-usage.ts')]
  const startedAt = performance.now()
  const { stdout } = await run(process.execPath, [...nodeArgs, ...told, program, ...args], {
    env: { ...process.env, ...env, BENCH_USAGE: usage },
    maxBuffer: 64 * 1024 * 1024,
  })
  const wallMs = performance.now() - startedAt
  const { userCPUTime, systemCPUTime, maxRSS }: NodeJS.ResourceUsage = JSON.parse(await readFile(usage, 'utf8'))
  return { stdout, wallMs, cpuMicros: userCPUTime + systemCPUTime, peakRssMb: maxRSS / 1024 }
}
