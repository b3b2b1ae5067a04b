import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFileStore } from '../store/file-store.ts'
import { openTable } from '../table.ts'
import { SETTINGS } from './test-table.ts'

const MESSAGES = 60

test('processes that commit the same stream, one of them killed, put every message into the table once', async () => {
  const root = await mkdtemp(join(tmpdir(), 'fleetlake-commit-'))
  const store = createFileStore(root)
  const table = await openTable(store, { create: SETTINGS })
  const start = (): ChildProcess =>
    spawn(process.execPath, [join(import.meta.dirname, 'commit-process.ts'), root, String(MESSAGES)], {
      stdio: 'inherit',
    })
  const [victim, ...others] = [start(), start(), start()]
  const exits = Promise.all(others.map((other) => once(other, 'exit')))
  while (table.snapshot.version < 20) await table.refresh()
  victim.kill('SIGKILL')
  expect(await exits).toEqual([
    [0, null],
    [0, null],
  ])

  const { snapshot } = await openTable(store)
  expect({ version: snapshot.version, offset: snapshot.txn('P1') }).toEqual({ version: MESSAGES, offset: MESSAGES })
  const chunks = [...snapshot.files()]
  const messages = Array.from({ length: MESSAGES }, (_, i) => `message-${i + 1}`)
  expect(chunks.map(({ vehicleIdMin }) => vehicleIdMin).toSorted()).toEqual(messages.toSorted())
  expect(await Promise.all(chunks.map(({ path }) => store.size(path)))).toEqual(chunks.map(({ bytes }) => bytes))
  await rm(root, { recursive: true })
})
