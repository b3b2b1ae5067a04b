import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planFields } from '../fields/index.ts'
import { CSV } from '../formats/csv/read-csv.ts'
import { type BlockTaker, createBlockTaker } from '../rows/take-block.ts'
import { inputReadingOf } from '../rows/input-reading.ts'
import { emptyTally, type Tally } from '../rows/tally.ts'
import type { VehiclesState } from '../rows/vehicles-state.ts'
import { blockOf } from '../testing/block-of.ts'
import { type TakenRow, takenRowsOf } from '../testing/take-block.ts'
import { openKeptVehicles } from './kept-vehicles.ts'

const T0 = Date.UTC(2026, 0, 5, 8)

interface Report {
  readonly vehicle: number
  readonly gapS: number
  readonly x: number
}
const report = fc.record({
  vehicle: fc.integer({ min: 0, max: 2_000 }).map((n) => n % 7),
  gapS: fc.integer({ min: 0, max: 200 }),
  x: fc.integer({ min: 0, max: 500 }),
})

const blocksOf = (blocks: readonly (readonly Report[])[]) => {
  let timeMs = T0
  return blocks.map((reports) =>
    blockOf(
      reports.map(({ vehicle, gapS, x }) => ({
        id: `v${vehicle}`,
        time: new Date((timeMs += gapS * 1000)).toISOString(),
        lon: String(1 + x / 1e4),
        lat: '2.5',
      })),
    ),
  )
}

interface Run {
  readonly taker: BlockTaker
  readonly rows: TakenRow[]
  readonly tally: Tally
}
const begin = (tally: Tally, vehicles?: VehiclesState): Run => {
  const rows: TakenRow[] = []
  const sink = {
    begin: () => undefined,
    finish: () => undefined,
    add: (stored: Parameters<typeof takenRowsOf>[0]) => void rows.push(...takenRowsOf(stored)),
  }
  const options = { tally, vehicles, sink, latestMs: T0 * 2, vehicleType: 'unknown', refuse: () => undefined }
  return { rows, tally, taker: createBlockTaker(options) }
}

test('rows that follow what was marked and kept are the same as of a run that went through', async () => {
  const path = join(await temporaryFolder(), 'vehicles')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(report, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 8 }),
      fc.nat(),
      fc.nat(),
      async (reports, one, other) => {
        const blocks = blocksOf(reports)
        const reading = inputReadingOf(
          planFields({ format: CSV, sample: [blocks[0]], asked: {}, options: {}, nowMs: T0 * 2 }),
        )
        const through = begin(emptyTally())
        for (const block of blocks) through.taker.take(block, reading)

        const [at, end] = [one % blocks.length, other % blocks.length].toSorted((a, b) => a - b)
        const first = begin(emptyTally())
        let tally = structuredClone(first.tally)
        let sent = 0
        for (const [i, block] of blocks.slice(0, end).entries()) {
          if (i <= at) {
            first.taker.mark()
            tally = structuredClone(first.tally)
            sent = first.rows.length
          }
          first.taker.take(block, reading)
        }
        const from = end === 0 ? 0 : Math.min(at, end - 1)
        if (end === 0) first.taker.mark()
        const kept = openKeptVehicles(path)
        const state = await kept.load((await kept.save(first.taker.marked()))!)
        const second = begin(tally, state)
        for (const block of blocks.slice(from)) second.taker.take(block, reading)
        expect([...first.rows.slice(0, sent), ...second.rows]).toEqual(through.rows)
        expect(second.tally).toEqual(through.tally)
      },
    ),
  )
})

test('what the record names stays whole while the next is written; what is damaged, or too large, is none', async () => {
  const path = join(await temporaryFolder(), 'vehicles')
  const state: VehiclesState = {
    forgotten: 3,
    ids: Uint8Array.of(97, 98),
    offsets: Int32Array.of(0, 1, 2),
    times: Float64Array.of(1, Number.NaN),
    longitudes: Float64Array.of(2, 3),
    latitudes: Float64Array.of(4, 5),
  }
  const kept = openKeptVehicles(path)
  const first = (await kept.save(state))!
  const second = (await kept.save({ ...state, forgotten: 4 }))!
  expect([await kept.load(first), (await kept.load(second))!.forgotten]).toEqual([state, 4])
  // The run that goes on leaves alone what its record names.
  const next = openKeptVehicles(path, second)
  const third = (await next.save({ ...state, forgotten: 5 }))!
  expect([(await next.load(second))!.forgotten, (await next.load(third))!.forgotten]).toEqual([4, 5])
  await writeFile(`${path}-${third.slot}`, 'damaged')
  expect(await next.load(third)).toBe(undefined)
  const large = new Float64Array(3e6)
  expect(await next.save({ ...state, times: large, longitudes: large, latitudes: large })).toBe(undefined)
})
