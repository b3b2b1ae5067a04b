import { createMemoryStore } from '@fleetlake/archive'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { LATEST } from '../latest/latest.ts'
import { PRESENCE } from '../presence/presence.ts'
import { openProjectionTable } from './projection-table.ts'

const FIRST = `_delta_log/${'0'.padStart(20, '0')}.json`

test.each([PRESENCE, LATEST])(
  'the table $name says its format version; one of a newer release, and one of other columns, is refused',
  async (kind) => {
    const store = createMemoryStore()
    expect(await openProjectionTable(store, kind)).toBeUndefined()
    await (await openProjectionTable(store, kind, { create: true }))!.close()
    const first = new TextDecoder().decode((await store.get(FIRST))!)
    const tell = async (from: string, to: string): Promise<unknown> => {
      // Without its checksum, as another engine would write it.
      const changed = first.replace(/,"checksum":"[^"]*"/, '').replace(from, to)
      expect(changed).not.toBe(first)
      await store.put(FIRST, new TextEncoder().encode(changed))
      return openProjectionTable(store, kind)
    }
    expect(await tell('', '')).toBeDefined()
    await expect(tell('"fleetlake.formatVersion":"1"', '"fleetlake.formatVersion":"2"')).rejects.toThrow(
      fault('format.newer', new RegExp(`^the table ${kind.name} has the format version 2`)),
    )
    await expect(
      tell('\\"name\\":\\"bucket\\",\\"type\\":\\"integer', '\\"name\\":\\"bucket\\",\\"type\\":\\"long'),
    ).rejects.toThrow(
      fault(
        'table.unsupported',
        `the table ${kind.name} can't be read: its column "bucket" is of type "long", not of type integer`,
      ),
    )
  },
)
