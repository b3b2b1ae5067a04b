/**
 * What becomes of the small searches of one client while another floods the finders: `npm run bench:flood [-- --finders 1 --searches 60]`.
 * A hub, finders and the flooding client are processes of their own. The table says how long a small search takes alone and during each
 * flood, by the clock and by the work that the finders did meanwhile (which other programs on the machine do not change), what the flooding
 * client was told, and the longest time between two heartbeats of a finder, which sends one a second.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { subjects } from '@fleetlake/contracts'
import { askVehicles, connectHub } from '@fleetlake/hub'
import { startTestHub } from '@fleetlake/testing'
import { writeTestArchive } from '../../event-finder/src/testing/archive.ts'
import { type FloodKind, SMALL } from './flood/searches.ts'

const { values } = parseArgs({
  options: { finders: { type: 'string', default: '1' }, searches: { type: 'string', default: '60' } },
})
const FLOODS: readonly { kind: FloodKind; atOnce: number }[] = [
  { kind: 'everything', atOnce: 500 },
  { kind: 'too large', atOnce: 8 },
  { kind: 'largest', atOnce: 64 },
]
const PAUSE_MS = 20

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const start = async (path: string, ...args: string[]): Promise<ChildProcess> => {
  const child = fork(fileOf(path), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await once(child, 'message')
  return child
}

const server = await startTestHub()
const { path, rows } = await writeTestArchive({ vehicles: 200, steps: 1_200 })
console.error(`${rows.length} rows`)
const finders = await Promise.all(
  Array.from({ length: Number(values.finders) }, () =>
    start('../../event-finder/src/main.ts', '--hub.url', server.url, '--archive.path', path),
  ),
)
const hub = await connectHub({ url: server.url, service: 'bench' })

/** The longest time between two heartbeats of one finder. */
let gapMs = 0
const heard = new Map<string, number>()
hub.listen('heartbeat', subjects.heartbeat('finders', '*'), ({ data: { member } }) => {
  const now = performance.now()
  gapMs = Math.max(gapMs, now - (heard.get(member) ?? now))
  heard.set(member, now)
})

/** Processor time of the finders' main threads so far, ms; undefined where the system does not report it. */
const busyMs = (): number => {
  try {
    return (
      finders.reduce((sum, { pid }) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]), 0) /
      1e6
    )
  } catch {
    return NaN
  }
}

interface Asked {
  readonly ms: number
  /** What the finders have worked meanwhile, for whomever: what the search would have taken with a processor for each of them. */
  readonly workMs: number
}

const askSmall = async (): Promise<Asked> => {
  const [startedAt, before] = [performance.now(), busyMs()]
  const answer = askVehicles(hub, SMALL)
  for await (const _ of answer);
  const { status, reason } = await answer.outcome
  if (status !== 'complete') console.error(`a small search ended as ${status}: ${reason}`)
  return { ms: performance.now() - startedAt, workMs: busyMs() - before }
}
const measure = async (): Promise<Asked[]> => {
  gapMs = 0
  const times: Asked[] = []
  while (times.length < Number(values.searches)) {
    times.push(await askSmall())
    await delay(PAUSE_MS)
  }
  return times
}
const at = (measured: readonly number[], share: number): number =>
  measured.toSorted((a, b) => a - b)[Math.floor(measured.length * share)]

await measure()
const alone = await measure()
const line = (name: string, asked: readonly Asked[]): string => {
  const cells = (['ms', 'workMs'] as const).flatMap((key) => {
    const [own, base] = [asked, alone].map((list) => list.map((each) => each[key]))
    return [at(own, 0.5).toFixed(1), at(own, 0.95).toFixed(1), `${(at(own, 0.5) / at(base, 0.5)).toFixed(1)} ×`]
  })
  return `| ${[name, ...cells, (gapMs / 1000).toFixed(2)].join(' | ')} |`
}
console.log(`load ${loadavg()[0].toFixed(1)}, ${availableParallelism()} cores`)
console.log(
  '| small searches of one client | ms, median | p95 | to alone | work ms, median | p95 | to alone | heartbeat gap, s |',
)
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
console.log(line('alone', alone))
const told: string[] = []
for (const { kind, atOnce } of FLOODS) {
  const flooder = await start('flood/flooder.ts', server.url, kind, String(atOnce))
  await delay(1_000)
  console.log(line(`while another asks ${atOnce} at once: ${kind}`, await measure()))
  flooder.send('end')
  const [answers] = (await once(flooder, 'message')) as [[string, number][]]
  told.push(...answers.map(([what, count]) => `${kind}: ${count} × ${what}`))
}
console.log(`\n${told.join('\n')}`)
await hub.close()
for (const finder of finders) finder.kill()
await server.stop()
