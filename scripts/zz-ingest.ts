import { join } from 'node:path'
import { rmSync } from 'node:fs'
import { connectHub, runGeneration } from '@fleetlake/hub'
import { countDistinct, liveFiles, readTable } from '@fleetlake/testing'
import { startStack } from './stack.ts'
import { watchUsage } from './demo/usage.ts'
const vehicles = Number(process.argv[2] ?? 1500),
  events = Number(process.argv[3] ?? 1000000)
rmSync('/tmp/lab/stack', { recursive: true, force: true })
const stack = await startStack({
  dataDir: '/tmp/lab/stack',
  finders: 0,
  say: (l) => console.error(l),
  env: { FLEET_GENERATOR_CITY_DIR: '/tmp/lab/city/montevideo' },
})
try {
  const hub = await connectHub({ url: stack.hubUrl, service: 'demo' })
  const w = await watchUsage(() => stack.processes())
  const t = performance.now()
  const stats = await runGeneration(
    hub,
    { vehicles, events, seed: 1, startTime: '2026-01-05T07:00:00.000Z' },
    { onProgress: (p) => console.error(p.phase, p.events, p.note ?? '') },
  )
  const ms = performance.now() - t
  const u = await w.stop()
  console.log(stats.status, stats.flushed, stats.events, stats.error)
  const { files, commits } = await liveFiles(join(stack.archivePath, 'moves'))
  const rows = await readTable(join(stack.archivePath, 'moves'))
  console.log({
    ms,
    evps: Math.round((events / ms) * 1000),
    cpu: u.cpuMicros / events,
    by: Object.fromEntries(Object.entries(u.cpuMicrosByName).map(([k, v]) => [k, (v / events).toFixed(2)])),
    rss: u.peakRssBytes / 2 ** 20,
    files: files.length,
    commits,
    rows: rows.length,
    distinct: countDistinct(rows),
    bpe: files.reduce((a, f) => a + f.size, 0) / rows.length,
  })
  await hub.close()
} finally {
  await stack.stop()
}
