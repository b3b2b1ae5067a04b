import { encodePositions, type Positions, positionsOfRows, rowsOfPositions } from '@fleetlake/columnar'
import { cellOf, FleetError, partitionOfCell, sleep, toMicroDegrees } from '@fleetlake/core'
import { askVehicles, createMovePublisher, type Hub, type VehicleAnswer } from '@fleetlake/hub'
import type { Excuses } from './excuses.ts'
import { judgeAnswer } from './judge.ts'
import { type Ledger, nameOf, type SentRow } from './ledger.ts'
import { KEY_COLUMN, MESSAGE_NAME, type World } from './world.ts'

const WEST = -56.3
const SOUTH = -35
const SPAN = 0.08
/** Areas are kept to the millionth of a degree: so near to an edge a row may be on either side of it. */
const EDGE = 2e-6

/** Where all vehicles are. */
export const EVERYWHERE = WEST + 2 * SPAN

const micro = (degrees: number): number => Math.round(degrees * 1e6) / 1e6

/** A place whose cell is in a partition. */
const drawPlace = ({ time, config }: World, partition: number): Pick<SentRow, 'longitude' | 'latitude'> => {
  const { geohashLength, count } = config.partitioning
  for (;;) {
    const longitude = micro(WEST + SPAN * time.random())
    const latitude = micro(SOUTH + SPAN * time.random())
    const cell = cellOf(toMicroDegrees(longitude), toMicroDegrees(latitude), geohashLength)
    if (partitionOfCell(cell, count) === partition) return { longitude, latitude }
  }
}

/** The vehicles of a source. */
const VEHICLES = 12
const STATES = 5

/** Vehicles go from any place to any other, and their rows come in any order. */
const makeRows = (world: World, source: string, named: Set<string>, partition: number): SentRow[] => {
  const { time } = world
  const draw = (): Pick<SentRow, 'vehicle' | 'eventTime'> => {
    for (;;) {
      const vehicle = `${source}-${1 + Math.floor(VEHICLES * time.random())}`
      const eventTime = Date.now() - Math.floor(3_000 * time.random())
      const name = nameOf({ vehicle, eventTime })
      if (named.size !== named.add(name).size) return { vehicle, eventTime }
    }
  }
  return Array.from({ length: 1 + Math.floor(20 * time.random()) }, () => ({
    ...draw(),
    ...drawPlace(world, partition),
  }))
}

/** A source of positions: publishes for some seconds, waits until all of it is acknowledged, and begins again. */
export const publish = async (world: World, ledger: Ledger, name: string, signal: AbortSignal): Promise<void> => {
  const { time } = world
  const { count: partitionCount } = world.config.partitioning
  const named = new Set<string>()
  const hub = world.connect(name)
  const partitions = Array.from({ length: partitionCount }, (_, i) => i)
  for (let round = 1; !signal.aborted; round++) {
    const publisher = createMovePublisher(hub, {
      run: `${name}-${round}`,
      agent: 'a',
      partitions,
      queueBytes: 1024 * 1024,
      duplicateWindowMs: 120_000,
    })
    const sent: string[] = []
    const send = (partition: number, rows: readonly SentRow[], payload: Uint8Array): void => {
      const message = `${name}-${round}-${sent.length + 1}`
      ledger.sent(message, rows)
      sent.push(message)
      publisher.publish(partition, payload, { 'fleet-rows': String(rows.length), [MESSAGE_NAME]: message })
    }
    for (let batch = 0; batch < 8; batch++) {
      const partition = Math.floor(time.random() * partitionCount)
      const rows = makeRows(world, name, named, partition)
      const positions = positionsOfRows(
        rows.map(({ vehicle, ...row }) => ({
          ...row,
          vehicleId: vehicle,
          vehicleType: 'bus',
          measures: { [KEY_COLUMN]: `${name} ${row.eventTime % STATES}` },
        })),
      )
      send(partition, rows, encodePositions(positions))
      if (time.random() < 0.03) send(0, [], new TextEncoder().encode('malformed'))
      await sleep(200 + 1_500 * time.random())
    }
    try {
      await publisher.drain()
      ledger.acknowledged(sent)
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'publish.unknown') throw error
      world.say(`${name}: ${error.message}`)
    }
    publisher.close()
  }
}

/** What rows of an answer are called. */
export const namesOf = (rows: Positions): string[] =>
  rowsOfPositions(rows).map(({ vehicleId, eventTime }) => nameOf({ vehicle: vehicleId, eventTime }))

interface Wanted {
  readonly east: number
  readonly fromMs: number
  readonly toMs: number
}

interface Search {
  readonly answer: VehicleAnswer
  /** @returns the names of all rows, as often as they came */
  readAll(onBatch?: () => unknown): Promise<string[]>
}

/** A search of all that lies west of a longitude. */
export const search = (hub: Hub, { east, fromMs, toMs }: Wanted): Search => {
  const ring = [
    [WEST - 0.1, SOUTH - 0.1],
    [east, SOUTH - 0.1],
    [east, SOUTH + SPAN + 0.1],
    [WEST - 0.1, SOUTH + SPAN + 0.1],
    [WEST - 0.1, SOUTH - 0.1],
  ]
  const answer = askVehicles(hub, {
    area: { type: 'Polygon', coordinates: [ring] },
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    timeoutMs: 20_000,
  })
  const readAll = async (onBatch: () => unknown = () => undefined): Promise<string[]> => {
    const names: string[] = []
    for await (const { rows } of answer) {
      names.push(...namesOf(rows))
      onBatch()
    }
    return names
  }
  return { answer, readAll }
}

export interface AskDeps {
  readonly answers: Record<string, number>
  readonly excuses: Excuses
  fail(what: string): void
  readonly signal: AbortSignal
}

/** A client that searches again and again: parts of the area, and of the time until now. */
export const ask = async (
  world: World,
  ledger: Ledger,
  name: string,
  { answers, excuses, fail, signal }: AskDeps,
): Promise<void> => {
  const { time } = world
  const hub = world.connect(name)
  while (!signal.aborted) {
    await sleep(1_000 + 8_000 * time.random(), signal)
    const east = WEST + SPAN * (0.3 + 0.7 * time.random())
    const nowMs = Date.now()
    const fromMs = nowMs - Math.floor(600_000 * time.random() ** 2)
    const toMs = nowMs + 60_000
    const isWest = (limit: number, { eventTime, longitude }: SentRow): boolean =>
      eventTime >= fromMs && eventTime < toMs && longitude <= limit
    const due = ledger.due((row) => isWest(east - EDGE, row))
    const mayLack = excuses.ofAnswer()
    const { answer, readAll } = search(hub, { east, fromMs, toMs })
    const isCancelled = time.random() < 0.05
    const rows = await readAll(() => isCancelled && answer.cancel())
    const { status, reason, stats } = await answer.outcome
    if (status !== 'complete' && status !== 'cancelled') world.say(`${name}: an answer is ${status}: ${reason}`)
    answers[status] = (answers[status] ?? 0) + 1
    const fault = judgeAnswer(
      { status, rows },
      {
        due,
        find: ledger.find,
        isWanted: (row) => isWest(east + EDGE, row),
        mayRepeat: excuses.mayRepeat,
        mayLack: mayLack(stats?.notes ?? []),
      },
    )
    if (fault !== undefined) fail(`${name}: ${fault}`)
  }
}
