import { createMemoryStore, type ObjectStore } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { bucketOf, BUCKETS } from '../buckets.ts'
import { openProjectionTable, type ProjectionTable } from '../table/projection-table.ts'
import { firstDayOf, MONTHS, sevenYears } from '../testing/seven-years.ts'
import { PRESENCE } from './presence.ts'
import { readPresence } from './presence-rows.ts'

test("a vehicle's month out of 7 years is two reads of one file", async () => {
  const memory = createMemoryStore()
  const vehicleId = 'v-20000'
  const month = 40
  const rows = await sevenYears(memory, { bucket: bucketOf(vehicleId), month })
  const gets: number[] = []
  const store: ObjectStore = {
    ...memory,
    get: async (path, range) => {
      const bytes = await memory.get(path, range)
      if (path.startsWith('files/')) gets.push(bytes?.length ?? 0)
      return bytes
    },
  }
  const table: ProjectionTable = (await openProjectionTable(store, PRESENCE))!
  expect(table.state.files.size).toBe(MONTHS * BUCKETS)
  const dates = { from: firstDayOf(month), to: firstDayOf(month + 1) }
  const found = await readPresence(table, table.state, { vehicleIds: [vehicleId], dates })
  expect(found).toEqual(rows.filter((row) => row.vehicleId === vehicleId))
  expect(found.length).toBeGreaterThan(27)
  // The end of the file, with its footer, and at most two row groups.
  expect([gets.length, gets[0], gets[1] < 300_000]).toEqual([2, 65_536, true])
})
