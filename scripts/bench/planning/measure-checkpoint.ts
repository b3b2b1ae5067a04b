/**
 * `node measure-checkpoint.ts <folder>`: makes the next checkpoint of a table, as who commits its version does, and prints as JSON what that
 * took and how long this thread could do nothing else meanwhile. The checkpoint is not kept.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createFileStore, openTable } from '@fleetlake/archive'
import { writeCheckpoint } from '../../../shared/archive/src/log/write-checkpoint.ts'

export interface CheckpointFigures {
  readonly checkpointMs: number
  readonly checkpointCpuMs: number
  readonly longestStallMs: number
  /** More than before, at most. */
  readonly checkpointRssMb: number
  readonly checkpointMb: number
}

const store = createFileStore(process.argv[2])
const { version } = (await openTable(store)).snapshot
let bytesWritten = 0
const dry = {
  ...store,
  putIfAbsent: (_: string, bytes: Uint8Array): Promise<'created'> => {
    bytesWritten = bytes.length
    return Promise.resolve('created')
  },
  put: () => Promise.resolve(),
}
const before = process.memoryUsage.rss()
let most = before
const watching = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5)
const stalls = monitorEventLoopDelay({ resolution: 1 })
stalls.enable()
const [start, cpu] = [performance.now(), process.cpuUsage()]
await writeCheckpoint(dry, version, Date.UTC(2026, 10, 22))
const checkpointMs = performance.now() - start
const { user, system } = process.cpuUsage(cpu)
stalls.disable()
clearInterval(watching)
const figures: CheckpointFigures = {
  checkpointMs,
  checkpointCpuMs: (user + system) / 1_000,
  longestStallMs: stalls.max / 1e6,
  checkpointRssMb: (most - before) / 1e6,
  checkpointMb: bytesWritten / 1e6,
}
console.log(JSON.stringify(figures))
