import { execFile } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'
import { promisify } from 'node:util'

/** What figures were measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly node: string
  /** Of the minute before; beyond the cores, times are longer than the processor's. */
  readonly load: number
}

/** Call it before the work begins, for the load. */
export const describeMachine = (): Machine => ({
  cpu: cpus()[0].model,
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  load: Number(loadavg()[0].toFixed(1)),
})

/** Of what runs, in short. */
export const readCommit = async (): Promise<string> =>
  (await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD'])).stdout.trim()
