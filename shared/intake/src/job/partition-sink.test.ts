import { decodePositions, type PositionRow, rowsOfPositions, textsOfStrings } from '@fleetlake/columnar'
import {
  cellOf,
  PARTITION_BY,
  type PartitionBy,
  partitionOfCell,
  partitionOfText,
  toMicroDegrees,
} from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPartitionSink } from './partition-sink.ts'

const GEOHASH_LENGTH = 4
const BATCH_ROWS = 5
const PARTITIONS = [2, 5, 9]

const row = fc.record({
  vehicleId: fc.constantFrom('a', 'b', 'ünder', 'v-17', 'v-18'),
  vehicleType: fc.constantFrom('taxi', 'bus', 'Zug'),
  eventTime: fc.integer({ min: 0, max: 2e12 }),
  longitude: fc.integer({ min: -180e6, max: 180e6 }).map((micro) => micro / 1e6),
  latitude: fc.integer({ min: -90e6, max: 90e6 }).map((micro) => micro / 1e6),
  speed: fc.constant(NaN),
  heading: fc.constant(7),
})
type Row = typeof row extends fc.Arbitrary<infer One> ? One : never

const partitionOf = (by: PartitionBy, { vehicleId, vehicleType, longitude, latitude }: Row): number => {
  const count = PARTITIONS.length
  const cell = cellOf(toMicroDegrees(longitude), toMicroDegrees(latitude), GEOHASH_LENGTH)
  if (by === 'cell') return PARTITIONS[partitionOfCell(cell, count)]
  return PARTITIONS[partitionOfText(by === 'vehicle' ? vehicleId : vehicleType, count)]
}

test('every row that is to be stored is in a batch of its partition, in order, and batches are named after their group', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PARTITION_BY),
      fc.array(fc.array(fc.tuple(row, fc.boolean()), { maxLength: 30 }), { maxLength: 4 }),
      (by, blocks) => {
        const sent = new Map<number, { readonly name: string; readonly rows: readonly PositionRow[] }[]>()
        const sink = createPartitionSink(
          {
            publish: (partition, payload, headers, name) => {
              const rows = rowsOfPositions(decodePositions(payload)!)
              expect(headers['fleet-rows']).toBe(String(rows.length))
              sent.set(partition, [...(sent.get(partition) ?? []), { name, rows }])
            },
          },
          { partitions: PARTITIONS, by, geohashLength: GEOHASH_LENGTH, batchRows: BATCH_ROWS },
        )
        const [ids, typeNames] = [
          ['v-18', 'v-17', 'ünder', 'b', 'a'],
          ['Zug', 'taxi', 'bus'],
        ]
        sink.begin('g')
        for (const block of blocks) {
          const numbers = (of: (one: Row) => number): Float64Array => Float64Array.from(block, ([one]) => of(one))
          sink.add({
            isStored: Uint8Array.from(block, ([, isStored]) => Number(isStored)),
            vehicles: Int32Array.from(block, ([{ vehicleId }]) => ids.indexOf(vehicleId)),
            vehicleIds: textsOfStrings(ids),
            types: Int32Array.from(block, ([{ vehicleType }]) => typeNames.indexOf(vehicleType)),
            typeNames,
            eventTime: numbers(({ eventTime }) => eventTime),
            longitude: numbers(({ longitude }) => longitude),
            latitude: numbers(({ latitude }) => latitude),
            speed: numbers(({ speed }) => speed),
            heading: numbers(({ heading }) => heading),
          })
        }
        sink.finish()
        const stored = blocks.flatMap((block) => block.flatMap(([one, isStored]) => (isStored ? [one] : [])))
        for (const partition of PARTITIONS) {
          const own = stored.filter((one) => partitionOf(by, one) === partition)
          const batches = sent.get(partition) ?? []
          expect(batches.flatMap(({ rows }) => rows)).toEqual(own)
          expect(batches.map(({ name, rows }) => [name, rows.length])).toEqual(
            Array.from({ length: Math.ceil(own.length / BATCH_ROWS) }, (_, i) => [
              `g.${i}`,
              Math.min(BATCH_ROWS, own.length - i * BATCH_ROWS),
            ]),
          )
        }
      },
    ),
  )
})
