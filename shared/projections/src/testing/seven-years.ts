import type { ObjectStore } from '@fleetlake/archive'
import { dateOf, mix32 } from '@fleetlake/core'
import { bucketOf, BUCKETS } from '../buckets.ts'
import { PRESENCE } from '../presence/presence.ts'
import { type PresenceRow, presenceOfRows } from '../presence/presence-rows.ts'
import { openProjectionTable } from '../table/projection-table.ts'
import { startDataFile } from '../table/write-file.ts'

const DAY_MS = 86_400_000
/** 7 years, of a file for each month and bucket. */
export const MONTHS = 84
export const firstDayOf = (month: number): number => Date.UTC(2019, 11 + month) / DAY_MS

/** A month of a bucket's vehicles in some cells. */
const monthOf = (bucket: number, month: number, vehicles: number): PresenceRow[] => {
  const ids: string[] = []
  for (let i = 0; ids.length < vehicles; i++) if (bucketOf(`v-${i}`) === bucket) ids.push(`v-${i}`)
  const days = firstDayOf(month + 1) - firstDayOf(month)
  return ids.toSorted().flatMap((vehicleId, v) =>
    Array.from({ length: days }, (_, i) => {
      const day = firstDayOf(month) + i
      const first = day * DAY_MS + (mix32(v * 31 + i) % 80_000_000)
      return { vehicleId, day, cell: 'u33d8', first, last: first + 60_000, rows: 4, intervals: new Map([[20, 3]]) }
    }),
  )
}

/** A table of 7 years as the compactor leaves it, of whose files one is there: a read of another one is refused. */
export const sevenYears = async (
  store: ObjectStore,
  wanted: { readonly bucket: number; readonly month: number },
): Promise<PresenceRow[]> => {
  const table = (await openProjectionTable(store, PRESENCE, { create: true }))!
  const rows = monthOf(wanted.bucket, wanted.month, 1_500)
  const nowMs = Date.now()
  const add = []
  for (let month = 0; month < MONTHS; month++) {
    const [first, end] = [firstDayOf(month), firstDayOf(month + 1)]
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (bucket === wanted.bucket && month === wanted.month) {
        const file = startDataFile(store, PRESENCE, { month: 'wanted', level: 'base' })
        file.add(PRESENCE.merge([presenceOfRows(rows)]))
        add.push((await file.finish({ nowMs, dataChange: false }))!)
        continue
      }
      const values = (day: number, vehicle: string) => ({ bucket, date: dateOf(day * DAY_MS), vehicle_id: vehicle })
      const stats = { numRecords: 45_000, minValues: values(first, 'v-1'), maxValues: values(end - 1, 'v-99999') }
      add.push({
        path: `files/2026-11-30-${String(month * BUCKETS + bucket).padStart(16, '0')}.parquet`,
        partitionValues: {},
        size: 500_000,
        modificationTime: nowMs,
        dataChange: false,
        stats: JSON.stringify(stats),
        tags: { 'fleetlake.footerCrc32': '00000000', 'fleetlake.level': 'base' },
      })
    }
  }
  await table.upkeep.replaceFiles({ remove: [], add, dataChange: false, operation: 'OPTIMIZE' })
  await table.close()
  return rows
}
