import { ANYONE, type Message, subjects, personInbox } from '@fleetlake/contracts'
import { askVehicles, connectHub, type Hub, type VehicleOutcome } from '@fleetlake/hub'
import { eventually, startTestHub } from '@fleetlake/testing'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { type TestArchive, writeTestArchive } from './testing/archive.ts'
import { ALL, askAll, box, expectedOf, connectTo, startTestFinder, type TestFinderOptions } from './testing/finder.ts'

let archive: TestArchive

beforeAll(async () => {
  archive = await writeTestArchive({ vehicles: 20, steps: 120 })
})

const SMALL = { ...ALL, area: { type: 'Polygon', coordinates: [box(-56.2, -34.9, -56.15, -34.85)] } as typeof ALL.area }

const startScene = async (options: Partial<TestFinderOptions>): Promise<{ connect(): Promise<Hub> }> => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const finder = await startTestFinder({ connect: connectTo(server.url), path: archive.path, ...options })
  onTestFinished(() => finder.stop())
  return {
    connect: async () => {
      const hub = await connectHub({ url: server.url, service: 'terminal' })
      onTestFinished(() => hub.close())
      return hub
    },
  }
}

const isWhole = (outcome: VehicleOutcome, rows: number): void =>
  expect(outcome).toMatchObject({ status: 'complete', reason: undefined, rows })

test('of a hundred searches at once one client gets as many as it may have, and another client is answered meanwhile', async () => {
  const { connect } = await startScene({ batchRows: 50, limits: { searchesPerClient: 10 } })
  const [flooder, other] = [await connect(), await connect()]
  const mayEnd = Promise.withResolvers<void>()
  const [begun, refused, ended]: [number[], string[], number[]] = [[], [], []]
  const ask = async (i: number): Promise<void> => {
    const answer = askVehicles(flooder, ALL)
    for await (const _ of answer) {
      if (begun.includes(i)) continue
      begun.push(i)
      await mayEnd.promise
    }
    const outcome = await answer.outcome
    if (outcome.status === 'refused') return void refused.push(outcome.reason!)
    ended.push(i)
    isWhole(outcome, archive.rows.length)
  }
  const asking = Array.from({ length: 100 }, (_, i) => ask(i))
  await eventually(() => refused.length === 90 && begun.length > 0, { what: 'ninety refusals' })
  expect(new Set(refused)).toEqual(
    new Set([
      'busy: 10 searches of this client are running or waiting here, which is the limit: wait until one has ended, then ask again',
    ]),
  )
  const { outcome } = await askAll(other, SMALL)
  isWhole(outcome, expectedOf(SMALL, archive.rows).length)
  expect(ended).toEqual([])
  mayEnd.resolve()
  await Promise.all(asking)
  expect(ended.length).toBe(10)
  isWhole((await askAll(flooder, SMALL)).outcome, outcome.rows)
})

test('an area of too many positions is refused before anything is made of it', async () => {
  const { connect } = await startScene({ limits: { maxVertices: 100 } })
  const hub = await connect()
  const circle = (positions: number): [number, number][] =>
    Array.from({ length: positions }, (_, i) => {
      const angle = (i / (positions - 1)) * 2 * Math.PI
      return i === positions - 1 ? [-55, -34] : [-56 + Math.cos(angle), -34 + Math.sin(angle)]
    })
  const areaOf = (positions: number): typeof ALL.area => ({ type: 'Polygon', coordinates: [circle(positions)] })
  expect((await askAll(hub, { ...ALL, area: areaOf(100) })).outcome.status).toBe('complete')
  const { outcome } = await askAll(hub, { ...ALL, area: areaOf(101) })
  expect(outcome).toMatchObject({
    status: 'refused',
    reason:
      'the area has 101 positions, and a search may have 100 (finder.maxVertices): simplify it, or cut it into several searches',
  })
})

test('the id of a search that is under way is not another’s', async () => {
  const { connect } = await startScene({ batchRows: 50 })
  const [first, second] = [await connect(), await connect()]
  const told: Message<'vehicleQueryResultStats'>[][] = [[], []]
  let batches = 0
  for (const [i, hub] of [first, second].entries()) {
    hub.listen('vehicleQueryResultStats', personInbox(ANYONE, String(i)), ({ data }) => void told[i].push(data))
  }
  first.listen('vehicleQueryResult', personInbox(ANYONE, '0'), ({ headers }) => {
    batches++
    const [task, batch] = [Number(headers('fleet-task')), Number(headers('fleet-batch'))]
    if (told[1].length > 0) first.send('vehicleQueryTaken', subjects.vehicleQueryTaken(ANYONE, 'same'), { task, batch })
    else untaken.push({ task, batch })
  })
  const untaken: { task: number; batch: number }[] = []
  const ask = (hub: Hub, i: number): void =>
    hub.send(
      'vehicleQuery',
      subjects.vehicleQuery(ANYONE),
      { ...ALL, query: 'same' },
      { reply: personInbox(ANYONE, String(i)) },
    )
  ask(first, 0)
  await eventually(() => batches > 0)
  ask(second, 1)
  await eventually(() => told[1].length > 0)
  expect(told[1][0]).toMatchObject({
    status: 'refused',
    error: 'a search with the id same is running: give each search its own id',
  })
  for (const one of untaken) first.send('vehicleQueryTaken', subjects.vehicleQueryTaken(ANYONE, 'same'), one)
  await eventually(() => told[0].length > 0)
  expect(told[0][0]).toMatchObject({ status: 'complete', rows: { selected: archive.rows.length } })
})
