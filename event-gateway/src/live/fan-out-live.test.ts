import { decodePositions, encodePositions, positionsOfRows, rowsOfPositions } from '@fleetlake/columnar'
import { CONTENT_TYPES, liveSubjects, type Sight, subjects } from '@fleetlake/contracts'
import type { Hub } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startMemoryFixture } from '../../../shared/hub/src/testing/memory-hub.ts'
import { fanOutLive, type LiveFanOut, WANTED_MS } from './fan-out-live.ts'

const report = (hub: Hub, ...vehicles: string[]): void => {
  const rows = vehicles.map((vehicleId) => ({
    vehicleId,
    vehicleType: 'x',
    eventTime: 0,
    longitude: 1,
    latitude: 2,
    speed: 3,
    heading: 4,
  }))
  hub.control.publish(liveSubjects.move(1), encodePositions(positionsOfRows(rows)), {
    headers: hub.control.encodeHeaders({ 'content-type': CONTENT_TYPES.arrow }),
  })
}

/** Gateways over one broker, and what their sights are. */
const setUp = async (gateways: number) => {
  const { connect } = startMemoryFixture()
  const [page, vehicles] = [await connect({ person: 'rita' }), await connect()]
  const hubs = await Promise.all(Array.from({ length: gateways }, () => connect()))
  const uids = hubs.map(({ uid }) => uid)
  const sights = new Map<string, Sight>([['rita', { ids: ['tram-1'], prefixes: [] }]])
  let nowMs = 0
  const fanOuts: LiveFanOut[] = hubs.map((hub) =>
    fanOutLive(hub, {
      sightOf: (person) => sights.get(person),
      membership: { members: () => uids, onChange: () => () => undefined },
      nowMs: () => nowMs,
    }),
  )
  onTestFinished(async () => void (await Promise.all(fanOuts.map((each) => each.stop()))))
  const heard: string[] = []
  page.control.subscribe(subjects.seenMove('rita', '*'), ({ subject, data }) => {
    for (const { vehicleId } of rowsOfPositions(decodePositions(data)!)) heard.push(`${subject} ${vehicleId}`)
  })
  const all = [page, vehicles, ...hubs]
  return {
    sights,
    fanOuts,
    heard,
    want: async () => {
      page.send('liveWanted', subjects.liveWanted('rita'), {})
      for (const hub of all) await hub.flush()
    },
    report: async (...ids: string[]) => {
      report(vehicles, ...ids)
      for (const hub of [...all, ...all]) await hub.flush()
      return heard.splice(0)
    },
    pass: (ms: number) => void (nowMs += ms),
  }
}

const TRAM = `${subjects.seenMove('rita', 1)} tram-1`

test.each([1, 3])(
  'of %i gateways one sends a person what the person sees, while the page asks for it',
  async (gateways) => {
    const { want, report: sent, pass } = await setUp(gateways)
    expect(await sent('tram-1', 'bus-1')).toEqual([])
    await want()
    expect(await sent('tram-1', 'bus-1')).toEqual([TRAM])
    pass(WANTED_MS - 1)
    await want()
    pass(WANTED_MS - 1)
    expect(await sent('tram-1')).toEqual([TRAM])
    pass(1)
    await eventually(async () => (await sent('tram-1')).length === 0, { what: 'that nothing is sent any more' })
  },
)

test('what a person sees is what the registry says now', async () => {
  const { want, report: sent, sights, fanOuts } = await setUp(1)
  await want()
  const change = (sight: Sight | undefined): void => {
    if (sight === undefined) sights.delete('rita')
    else sights.set('rita', sight)
    for (const each of fanOuts) each.review()
  }
  change({ ids: [], prefixes: ['bus-'] })
  expect(await sent('tram-1', 'bus-1')).toEqual([`${subjects.seenMove('rita', 1)} bus-1`])
  change('all')
  expect(await sent('tram-1')).toEqual([])
  change(undefined)
  expect(await sent('tram-1')).toEqual([])
})
