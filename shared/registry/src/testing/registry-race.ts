import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { openStore, type StoreSettings } from '@fleetlake/archive'
import { expect } from 'vitest'
import { openRegistry } from '../open-registry.ts'

/** Three processes set the same entry of a new registry; one of them is killed on the way. Every version is then there once, by one of them. */
export const raceRegistries = async (settings: StoreSettings, last: number): Promise<void> => {
  const script = join(import.meta.dirname, 'registry-process.ts')
  const start = (name: string): ChildProcess =>
    spawn(process.execPath, [script, JSON.stringify(settings), name, String(last)], { stdio: 'inherit' })
  const [victim, ...others] = [start('victim'), start('one'), start('other')]
  const exits = Promise.all(others.map((other) => once(other, 'exit')))
  const registry = await openRegistry(await openStore(settings))
  while (registry.version() < last / 3) await registry.refresh()
  victim.kill('SIGKILL')
  expect(await exits).toEqual([
    [0, null],
    [0, null],
  ])
  const history = await registry.history()
  expect(history.map(({ version }) => version)).toEqual(Array.from({ length: history.length }, (_, i) => i + 1))
  expect(history.length).toBe(last)
  expect(new Set(history.map(({ value }) => value)).size).toBe(last)
  expect(registry.faults()).toEqual([])
  await registry.close()
}
