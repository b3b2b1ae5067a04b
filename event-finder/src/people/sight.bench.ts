/**
 * What it costs that finders judge who asks, and leave out vehicles: `node sight.bench.ts [rounds]`. Small searches of one finder on a real hub, by processor time of this process, in
 * turns: where no login is needed, of a person who sees all, and of persons who see some vehicles.
 */
import { openRegistryStore } from '@fleetlake/archive'
import { ANYONE, configSchema, personToken } from '@fleetlake/contracts'
import { askVehicles, connectHub, type Hub } from '@fleetlake/hub'
import { openRegistry } from '@fleetlake/registry'
import { collectGarbageLess } from '@fleetlake/service'
import { startTestHub } from '@fleetlake/testing'
import { startFinder } from '../start-finder.ts'
import { START_MS, writeTestArchive } from '../testing/archive.ts'
import { box, iso, MINUTE } from '../testing/finder.ts'

collectGarbageLess()
const ROUNDS = Number(process.argv[2] ?? 12)
const SEARCHES = 200
const HASH = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aVw+uxzwdEqVo4tlI8TS7Q'

const { path, rows } = await writeTestArchive({ vehicles: 1_000, steps: 120 })
const SMALL = {
  area: { type: 'Polygon', coordinates: [box(-56.2, -34.89, -56.17, -34.86)] },
  from: iso(START_MS + 5 * MINUTE),
  to: iso(START_MS + 25 * MINUTE),
}

interface Case {
  readonly what: string
  readonly auth: 'none' | 'required'
  /** Undefined: sees all. */
  readonly vehicles?: readonly string[]
}

const CASES: readonly Case[] = [
  { what: 'no login is needed', auth: 'none' },
  { what: 'a person who sees all', auth: 'required' },
  { what: 'who sees 3 beginnings', auth: 'required', vehicles: ['vehicle-5*', 'vehicle-7*', 'vehicle-8*'] },
  { what: 'who sees 50 beginnings', auth: 'required', vehicles: Array.from({ length: 50 }, (_, i) => `vehicle-${i}*`) },
  { what: 'who sees 4,000 ids', auth: 'required', vehicles: Array.from({ length: 4_000 }, (_, i) => `vehicle-${i}`) },
]

const open = async ({ auth, vehicles }: Case): Promise<Hub> => {
  const { url } = await startTestHub()
  const config = configSchema.parse({ auth, archive: { path } })
  await startFinder(await connectHub({ url, service: 'event-finder' }), { config, version: '0' })
  if (auth === 'none') return connectHub({ url, service: 'terminal', person: ANYONE })
  const registry = await openRegistry(await openRegistryStore(config.archive))
  const name = `person-${registry.entries('accounts').size}`
  const groups = vehicles && { groups: [name] }
  const stamp = { expected: 0, who: 'bench' }
  if (vehicles !== undefined) await registry.put('groups', name, { vehicles: [...vehicles] }, stamp)
  await registry.put('accounts', name, { role: 'operator', password: HASH, disabled: false, ...groups }, stamp)
  return connectHub({ url, service: 'terminal', person: personToken(name) })
}

const searchAll = async (hub: Hub): Promise<number> => {
  let found = 0
  for (let i = 0; i < SEARCHES; i++) {
    const answer = askVehicles(hub, SMALL)
    for await (const batch of answer) found += batch.rows.length
    const { status, reason } = await answer.outcome
    if (status !== 'complete') throw new Error(`${status}: ${reason}`)
  }
  return found / SEARCHES
}

const cpuMs = async (hub: Hub): Promise<{ ms: number; found: number }> => {
  const before = process.cpuUsage()
  const found = await searchAll(hub)
  const { user, system } = process.cpuUsage(before)
  return { ms: (user + system) / 1000 / SEARCHES, found }
}

const opened: (readonly [Case, Hub, number[]])[] = []
for (const each of CASES) opened.push([each, await open(each), []])
for (const [, hub] of opened) await searchAll(hub)
const found = new Map<Case, number>()
for (let round = 0; round < ROUNDS; round++) {
  for (const [each, hub, times] of opened) {
    const measured = await cpuMs(hub)
    times.push(measured.ms)
    found.set(each, measured.found)
  }
}
console.log(
  `${rows.length} rows; ${SEARCHES} small searches a round, ${ROUNDS} rounds; processor time of a search, finder and client together`,
)
for (const [each, , times] of opened) {
  const sorted = times.toSorted((a, b) => a - b)
  const [least, median] = [sorted[0], sorted[sorted.length >> 1]].map((ms) => ms.toFixed(2).padStart(6))
  console.log(
    `${each.what.padEnd(32)} least ${least} ms  median ${median} ms  ${String(found.get(each)).padStart(6)} rows`,
  )
}
process.exit()
