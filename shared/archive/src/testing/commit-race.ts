import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openStore, type StoreSettings } from '../store/open-store.ts'
import { openTable } from '../table.ts'
import { SETTINGS } from './log-table.ts'

/**
 * Three processes commit the same stream to a new table; one of them is killed on the way. Every message is then in the table once, and
 * every file whole.
 */
export const raceCommits = async (settings: StoreSettings, messages: number): Promise<void> => {
  const store = await openStore(settings)
  const table = await openTable(store, { create: SETTINGS })
  const args = [join(import.meta.dirname, 'commit-process.ts'), JSON.stringify(settings), String(messages)]
  const start = (): ChildProcess => spawn(process.execPath, args, { stdio: 'inherit' })
  const [victim, ...others] = [start(), start(), start()]
  const exits = Promise.all(others.map((other) => once(other, 'exit')))
  while (table.snapshot.version < messages / 3) await table.refresh()
  victim.kill('SIGKILL')
  expect(await exits).toEqual([
    [0, null],
    [0, null],
  ])

  const { snapshot } = await openTable(store)
  expect({ version: snapshot.version, offset: snapshot.txn('P1') }).toEqual({ version: messages, offset: messages })
  const chunks = [...snapshot.files()]
  const expected = Array.from({ length: messages }, (_, i) => `message-${i + 1}`)
  expect(chunks.map(({ vehicleIdMin }) => vehicleIdMin).toSorted()).toEqual(expected.toSorted())
  expect(await Promise.all(chunks.map(({ path }) => store.size(path)))).toEqual(chunks.map(({ bytes }) => bytes))
}
