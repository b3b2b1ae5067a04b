import { FORMATS, TABLE_FORMAT } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { type Action, formatCommit, parseCommit } from './log/actions.ts'
import { openLossTable } from './losses/loss-table.ts'
import { commitPath } from './paths.ts'
import { openSearchTable } from './searches/search-table.ts'
import { createMemoryStore } from './store/memory-store.ts'
import type { ObjectStore } from './store/object-store.ts'
import { openTable } from './table.ts'
import { SETTINGS } from './testing/log-table.ts'

const TABLES: Readonly<Record<string, (store: ObjectStore, create: boolean) => Promise<unknown>>> = {
  moves: (store, create) => openTable(store, create ? { create: SETTINGS } : {}),
  losses: (store, create) => openLossTable(store, { create }),
  searches: (store, create) => openSearchTable(store, { create }),
}

/** Makes a version in which the table says another format version, or none. */
const say = async (store: ObjectStore, format: string | undefined): Promise<void> => {
  const bytes = (await store.get(commitPath(0)))!
  const { metaData } = parseCommit(bytes, '', 0).find((action) => action.metaData)!
  const { [TABLE_FORMAT]: written, ...others } = metaData!.configuration!
  expect(written).toBe(String(FORMATS.table))
  const configuration = { ...others, ...(format === undefined ? {} : { [TABLE_FORMAT]: format }) }
  const actions: Action[] = [{ commitInfo: { operation: 'UPGRADE' } }, { metaData: { ...metaData!, configuration } }]
  await store.put(commitPath(1), formatCommit(actions, 1))
}

test.each(Object.entries(TABLES))(
  'the table %s says its format version; without one it is read, one of a newer release is refused',
  async (name, open) => {
    for (const format of [undefined, String(FORMATS.table)]) {
      const store = createMemoryStore()
      await open(store, true)
      await say(store, format)
      await open(store, false)
    }
    const store = createMemoryStore()
    await open(store, true)
    await say(store, String(FORMATS.table + 1))
    await expect(open(store, false)).rejects.toThrow(
      fault(
        'format.newer',
        new RegExp(`^the table( ${name})? has the format version ${FORMATS.table + 1}, .* or a newer one`),
      ),
    )
  },
)
