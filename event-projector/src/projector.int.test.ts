import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileStore, openTable } from '@fleetlake/archive'
import { type Config, configSchema, subjects } from '@fleetlake/contracts'
import { connectHub } from '@fleetlake/hub'
import { LATEST, openProjectionTable, PRESENCE } from '@fleetlake/projections'
import { NO_OPS } from '@fleetlake/service'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { SETTINGS, someRows, writeRows } from '../../shared/archive/src/testing/log-table.ts'
import { distinctReports, plainLatest, plainPresence } from '../../shared/projections/src/testing/batch-oracle.ts'
import { latestTexts, presenceTexts } from '../../shared/projections/src/testing/table-rows.ts'
import { createMetrics } from '../../shared/service/src/metrics/create-metrics.ts'
import { startProjector } from './start-projector.ts'

const DAY_MS = 86_400_000

const openWorld = async (everyMs = '50 ms') => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const path = await temporaryFolder()
  const store = createFileStore(join(path, 'moves'))
  const table = await openTable(store, { create: SETTINGS })
  const settings = { archive: { path }, hub: { url: server.url }, projector: { everyMs } }
  const config: Config = configSchema.parse(settings)

  /** Several days, each commit later than the one before, or all of it once more. */
  const write = async (round: number): Promise<void> => {
    const now = Date.now()
    const days = [0, 1, 2].map((day) => someRows(40, '69y7p', now - day * DAY_MS + round * 60_000))
    await table.commit({ parts: [{ add: await writeRows(store, days.flat(), now) }], operation: 'WRITE' })
  }
  const openProjection = async (kind: typeof PRESENCE) =>
    openProjectionTable(createFileStore(join(path, kind.name)), kind)

  /** Whether a table is what its batch computation comes to. */
  const isWhole = async (kind: typeof PRESENCE): Promise<boolean> => {
    const snapshot = await table.refresh()
    const own = await openProjection(kind)
    if (own === undefined) return false
    const [rows, reports] = await Promise.all([own.rows(own.state, {}), distinctReports(store, snapshot)])
    const [found, wanted] =
      kind === PRESENCE
        ? [presenceTexts(rows), plainPresence(reports)]
        : [latestTexts(rows), plainLatest(reports, ['vehicle_id'])]
    return JSON.stringify(found) === JSON.stringify(wanted)
  }
  const isFolded = async (): Promise<boolean> => (await isWhole(PRESENCE)) && (await isWhole(LATEST))
  const start = async () => {
    const lines: string[] = []
    const say = (_: unknown, line?: string): void => void lines.push(line ?? '')
    const hub = await connectHub({ url: server.url, service: 'test' })
    onTestFinished(() => hub.close())
    const projector = await startProjector(hub, { config, log: { info: say, warn: say }, version: '0' })
    onTestFinished(() => projector.stop())
    return { lines, projector }
  }
  /** In a process of its own. */
  const startProcess = async () => {
    const child = fork(join(import.meta.dirname, 'main.ts'), [], {
      env: {
        ...process.env,
        FLEET_ARCHIVE_PATH: path,
        FLEET_HUB_URL: server.url,
        FLEET_PROJECTOR_EVERY_MS: everyMs,
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    child.stdout!.on('data', (bytes: Buffer) => (said += bytes.toString()))
    await once(child, 'message')
    return { child, said: () => said }
  }
  return { path, write, isWhole, isFolded, openProjection, start, startProcess }
}

test('projectors share the buckets, and what one leaves behind that is killed another goes on with', async () => {
  const { write, isFolded, start, startProcess } = await openWorld()
  await write(0)
  const first = await startProcess()
  await eventually(isFolded, { what: 'the first version in both tables' })
  const second = await start()
  await write(1)
  await eventually(isFolded, { what: 'the second version' })
  await write(2)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  await write(1)
  await eventually(isFolded, { what: 'the last version, by the one that is left' })
  await eventually(() => second.lines.some((line) => line.startsWith('works on 64 of 64 buckets now')), {
    what: 'the line of the takeover',
  })
  expect(first.said()).toMatch(/presence \(64 of 64 buckets\) is built, the newest date first: it is new/)
  const isExpected = /^works on|is built down to|is whole: every date is in it$|^another projector went on with/
  expect(second.lines.filter((line) => !isExpected.test(line))).toEqual([])
})

test('a projection whose folder is deleted is made anew, and one that can not be read stops no other', async () => {
  const { path, write, isWhole, isFolded, openProjection, start } = await openWorld()
  await write(0)
  const { lines } = await start()
  await eventually(isFolded, { what: 'the first version in both tables' })
  // At once, as seen by the projector: it would write into a folder that is being deleted.
  await rename(join(path, 'presence'), join(path, 'deleted'))
  await write(1)
  await eventually(isFolded, { what: 'presence anew, and the second version in both tables' })
  expect(lines.filter((line) => line.startsWith('presence (64 of 64 buckets) is built'))).toEqual([
    'presence (64 of 64 buckets) is built, the newest date first: it is new',
    'presence (64 of 64 buckets) is built, the newest date first: it is new',
  ])
  const presence = (await openProjection(PRESENCE))!
  for (const file of presence.state.files.keys()) await writeFile(join(path, 'presence', file), 'no longer Parquet')
  await write(1)
  await eventually(() => lines.some((line) => /^a step failed.* a file of the table presence/.test(line)), {
    what: 'the line that a file of presence can not be read',
  })
  await write(2)
  await eventually(() => isWhole(LATEST), { what: 'the last version in latest' })
})

test('a projection that can not be opened does not slow down the build of another', async () => {
  const { path, write, start } = await openWorld('10 min')
  await write(0)
  await writeFile(join(path, 'presence'), 'no folder')
  const { lines } = await start()
  await eventually(() => lines.some((line) => /^latest .* is whole: every date is in it$/.test(line)), {
    what: 'the line that latest is whole, before the next step is due',
  })
  expect(lines.filter((line) => line.startsWith('a step failed'))).toHaveLength(1)
})

test('there may be no table of positions yet: then nothing waits', async () => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const hub = await connectHub({ url: server.url, service: 'test' })
  onTestFinished(() => hub.close())
  const config = configSchema.parse({ archive: { path: await temporaryFolder() }, projector: { everyMs: '10 ms' } })
  const lines: unknown[] = []
  const log = { info: () => {}, warn: (...line: unknown[]) => void lines.push(line) }
  const isLagKnown: boolean[] = []
  hub.listen('heartbeat', subjects.heartbeat('projectors', '*'), ({ data }) => {
    isLagKnown.push(data.lagMs !== undefined)
  })
  await hub.flush()
  const metrics = createMetrics('projector')
  const projector = await startProjector(hub, { config, log, version: '0', ops: { ...NO_OPS, metrics } })
  const told = async (): Promise<string[]> =>
    [...(await metrics.text()).matchAll(/^fleetlake_projection_lag_seconds\{projection="(\w+)"\} 0\./gm)].map(
      ([, projection]) => projection,
    )
  await eventually(async () => (await told()).join() === 'presence,latest')
  await eventually(() => isLagKnown.includes(true), { what: 'a heartbeat after the first step' })
  await projector.stop()
  expect(isLagKnown[0]).toBe(false)
  expect(lines).toEqual([])
})
