import type { Rows } from '../rows/rows.ts'
import { textsToStrings } from '../rows/text-list.ts'
import { expect, test } from 'vitest'
import { createArena } from './arena.ts'
import { parseFooter } from './read-footer.ts'
import { rowsOfGroup } from './read-group.ts'
import { type FormRow, FORMS } from '../testing/forms.ts'

const arena = createArena()

const rowsOf = (rows: Rows): FormRow[] => {
  const ids = textsToStrings(rows.vehicleIds)
  const { vehicle, vehicleType, vehicleTypes, eventTime, longitude, latitude, speed, heading } = rows
  return Array.from({ length: rows.length }, (_, i) => [
    ids[vehicle[i]],
    vehicleTypes[vehicleType[i]],
    eventTime[i],
    longitude[i],
    latitude[i],
    speed[i],
    heading[i],
  ])
}

test.each(FORMS)('$name: each row has its instant, place and speed', async ({ write, rows }) => {
  const bytes = await write()
  const { rowGroups } = parseFooter(bytes)
  expect(rowGroups.flatMap((group) => rowsOf(rowsOfGroup(group, { bytes, start: 0 }, arena)))).toEqual(rows)
})
