import { textAt } from '@fleetlake/columnar'
import type { Block } from '../formats/block.ts'
import type { StoredRows } from '../job/partition-sink.ts'
import type { InputReading } from '../rows/input-reading.ts'
import { createBlockTaker } from '../rows/take-block.ts'
import { emptyTally, type Tally } from '../rows/tally.ts'

/** A row as a sink is given it. */
export interface TakenRow {
  readonly id: string
  readonly type: string
  readonly timeMs: number
  readonly longitude: number
  readonly latitude: number
  readonly speed: number
  readonly heading: number
  /** Their types and values, by name. */
  readonly measures: Readonly<Record<string, unknown>>
}

/** Those that are to be stored. */
export const takenRowsOf = ({ isStored, vehicles, vehicleIds, types, typeNames, ...rows }: StoredRows): TakenRow[] =>
  [...isStored.keys()]
    .filter((row) => isStored[row] === 1)
    .map((row) => ({
      id: textAt(vehicleIds, vehicles[row]),
      type: typeNames[types[row]],
      timeMs: rows.eventTime[row],
      longitude: rows.longitude[row],
      latitude: rows.latitude[row],
      speed: rows.speed[row],
      heading: rows.heading[row],
      measures: Object.fromEntries(
        (rows.said?.[row] ?? []).map(({ measure, value }) => [measure.name, [measure.type, value]]),
      ),
    }))

export interface Taken {
  readonly taken: readonly TakenRow[]
  readonly refused: readonly unknown[]
  readonly tally: Tally
}

/** What becomes of the rows of a block. */
export const takeBlock = (block: Block, reading: InputReading, { latestMs }: { readonly latestMs: number }): Taken => {
  const taken: TakenRow[] = []
  const refused: unknown[] = []
  const tally = emptyTally()
  const taker = createBlockTaker({
    tally,
    latestMs,
    vehicleType: 'unknown',
    refuse: ({ place, reason, detail }) => refused.push([place, reason, detail]),
    sink: { begin: () => undefined, finish: () => undefined, add: (rows) => void taken.push(...takenRowsOf(rows)) },
  })
  taker.take(block, reading)
  return { taken, refused, tally }
}
