import { join } from 'node:path'
import { connectHub } from '@fleetlake/hub'
import { countDistinct, eventually, readTable } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startLoad } from './testing/load.ts'
import { watchReadiness } from './testing/readiness.ts'
import { prepareServices, type RunningService } from './testing/services.ts'

/** One that is stopped while there is load. */
interface Stopped {
  readonly service: string
  readonly readiness: readonly string[]
  readonly ended: string
}

const stop = async ({ name, process, opsUrl }: RunningService, onUnready: () => void = () => {}): Promise<Stopped> => {
  const watching = watchReadiness(opsUrl, onUnready)
  process.kill('SIGTERM')
  const { how } = await process.ended
  return { service: name, readiness: await watching, ended: how }
}

/** The first look may come before the signal does. */
const afterSignal = ({ readiness }: Stopped): readonly string[] => readiness.filter((seen) => seen !== '200 ready')

test('every service that is stopped under load says first that it is not ready, and nothing is lost', async () => {
  const services = await prepareServices({ FLEET_SERVICE_DRAIN_MS: '1 s' })
  const hubService = await services.start('hub')
  const [collector, otherCollector, compactor, finder, otherFinder, generator, viewer, gateway] = await Promise.all([
    services.start('collector', 'collector-1'),
    services.start('collector', 'collector-2'),
    services.start('compactor'),
    services.start('finder', 'finder-1'),
    services.start('finder', 'finder-2'),
    services.start('generator'),
    services.start('viewer'),
    services.start('gateway'),
  ])
  const hub = await connectHub({ url: services.hubUrl, service: 'test' })
  onTestFinished(() => hub.close())
  /** To whom a balancer would send requests: those that are ready. */
  const servers = new Map([
    [viewer, `${String(viewer.process.details.url)}/api/config`],
    [gateway, `${String(gateway.process.details.url)}/v1/me`],
  ])
  const load = startLoad(hub, () => [...servers.values()])
  const goesOn = async (what: string): Promise<void> => {
    const { published } = load.seen
    const complete = load.seen.searches.get('complete') ?? 0
    await eventually(
      () => load.seen.published > published + 2_000 && (load.seen.searches.get('complete') ?? 0) > complete,
      { what: `the load goes on after ${what}`, seen: () => load.seen.published },
    )
  }
  await goesOn('the start')

  const stopped: Stopped[] = []
  for (const service of [finder, collector, compactor, viewer, gateway]) {
    stopped.push(await stop(service, () => servers.delete(service)))
    await goesOn(service.name)
  }
  stopped.push(await stop(hubService))
  await services.start('hub')
  await goesOn('the hub')
  stopped.push(await stop(generator))
  const run = await load.stop()
  stopped.push(await stop(otherCollector), await stop(otherFinder))

  const { seen } = load
  console.log(
    [
      '| stopped under load | /readyz from SIGTERM to the end | ended |',
      '|---|---|---|',
      ...stopped.map(({ service, readiness, ended }) => `| ${service} | ${readiness.join(', ')} | ${ended} |`),
      `published ${run.events}; searches: ${[...seen.searches].map(([status, count]) => `${count} ${status}`).join(', ')}; ` +
        `requests: ${seen.answered} answered, ${seen.unanswered} not`,
    ].join('\n'),
  )
  expect(stopped.map(({ service, ended }) => [service, ended])).toEqual(
    stopped.map(({ service }) => [service, 'with code 0']),
  )
  expect(stopped.map((one) => [one.service, afterSignal(one)])).toEqual(
    stopped.map(({ service }) => [service, ['503 stopping']]),
  )
  const table = await readTable(join(services.archive, 'moves'))
  expect([table.length, countDistinct(table)]).toEqual([run.events, run.events])
  expect({ short: seen.short, unanswered: seen.unanswered }).toEqual({ short: 0, unanswered: 0 })
})
