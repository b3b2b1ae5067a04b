import { startTestRun, readRun } from './test-run.ts'
import { runGeneration } from '../../shared/hub/src/ask/generation.ts'
const system = await startTestRun({ generators: 1, partitions: 8, maxBytesPerPartition: 60e6, queueBytes: 4 << 20 })
const cpu0 = process.cpuUsage()
const stats = await runGeneration(system.hub, { vehicles: 1500, events: 5_000_000, startTime: '2026-01-05T08:00:00Z' }, { onProgress: (p) => console.log(p.phase, p.events, p.note) })
const c = process.cpuUsage(cpu0)
console.log(stats.events, stats.elapsedMs, (c.user + c.system) / stats.events, 'µs/event client', process.memoryUsage.rss() / 1e6)
await system[Symbol.asyncDispose]()
