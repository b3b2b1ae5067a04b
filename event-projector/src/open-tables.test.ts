import { createMemoryStore, type MemoryObjects, openTable } from '@fleetlake/archive'
import { latestProjection } from '@fleetlake/projections'
import { expect, test } from 'vitest'
import { SETTINGS } from '../../shared/archive/src/testing/log-table.ts'
import { openProjection } from './open-tables.ts'

test('a projection is made beside a table of positions, and not where that is gone, as when its disk is not mounted', async () => {
  const [moves, disk]: readonly MemoryObjects[] = [new Map(), new Map()]
  const stores = { moves: createMemoryStore(moves), own: createMemoryStore(disk) }
  const options = { engine: 'test', onBackgroundError: () => {}, onConflict: () => {} }
  await expect(openProjection(latestProjection([]), stores, options)).rejects.toThrow(
    'the table latest is not opened: the table of positions beside it is gone',
  )
  expect([...disk.keys()]).toEqual([])
  await openTable(stores.moves, { create: SETTINGS })
  const { table } = await openProjection(latestProjection([]), stores, options)
  expect(table.state.version).toBe(0)
})
