import { join } from 'node:path'
import { rm, writeFile, readdir } from 'node:fs/promises'
import { createFileStore, openLossTable, openTable } from '@fleetlake/archive'
import { connectHub, writeArchiveClaim } from '@fleetlake/hub'
import { readTableObjects, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { makeArchive } from '../testing/make-archive.ts'
import { runFleetProcess } from '../testing/fleet.ts'

interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const fleetOf =
  (config: string) =>
  (...args: string[]): Promise<Run> =>
    runFleetProcess([...args, '--config', config])

test('an archive is copied, looked through, checked, restored elsewhere and read there; what would be written over is refused', async () => {
  const { config, folder } = await makeArchive()
  const fleet = fleetOf(config)
  const place = join(await temporaryFolder(), 'backups')
  expect(await fleet('backup', 'list', place)).toMatchObject({
    code: 0,
    out: '',
    err: `there is no backup at ${place}/\n`,
  })
  expect(await fleet('restore', place)).toMatchObject({
    code: 2,
    err: `error: there is no backup at ${place}/: check the place\n`,
  })
  const first = await fleet('backup', place)
  expect(first).toEqual({
    code: 0,
    out: expect.stringMatching(
      /^\d{8}T\d{6}Z-[0-9a-f]{6} {2}20.*Z {2}3 files, .*, 3 positions at version 1\n {2}moves {2}version 1, 3 files, .*\n {2}copied 3 files, .*; the others were there\n {2}the hub was not reached: .*\n$/,
    ),
    err: '',
  })
  const second = await fleet('backup', place, '--json', '--verify', '--keep', '1')
  expect(second).toMatchObject({
    code: 0,
    err: expect.stringMatching(
      /^3 files, .* read: each is as it was written\n1 old backup deleted, with 0 files, 0 B that no other has\n$/,
    ),
  })
  const facts = JSON.parse(second.out) as { id: string }
  expect(facts).toMatchObject({
    format: 1,
    copiedFiles: 0,
    tables: { moves: { version: 1, files: 3, rows: 3, offsets: { 'MOVES_0@2026-01-01T00:00:00Z#0': 42 } } },
    hub: null,
    tailMessages: null,
  })
  expect((await fleet('backup', 'list', place)).out.split('\n')).toEqual([expect.stringContaining(facts.id), ''])
  expect(await fleet('restore', place)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error: .* is not empty, .* is there: nothing is written over/),
  })
  expect(await fleet('backup', join(folder, '..'))).toMatchObject({
    code: 2,
    err: expect.stringContaining("is the archive's own place"),
  })

  const elsewhere = join(await temporaryFolder(), 'archive')
  const otherConfig = join(await temporaryFolder(), 'fleet.yaml')
  await writeFile(otherConfig, `archive:\n  path: ${elsewhere}\nhub:\n  url: nats://127.0.0.1:1\n`)
  const other = fleetOf(otherConfig)
  expect(await other('restore', place, '--dry-run')).toMatchObject({
    code: 0,
    out: expect.stringContaining(facts.id),
    err: expect.stringMatching(
      /^3 files, .* read: each is as it was written; .*archive\/ is empty; nothing was written\n$/,
    ),
  })
  expect(await readdir(join(elsewhere, '..'))).toEqual([])
  expect(await other('restore', place)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^restored .*: 3 files, .*, each compared with its checksum\n$/),
    err: expect.stringMatching(/^the hub was not reached \(.*FLEET_ARCHIVE_ADOPT=true/),
  })
  expect(await readTableObjects(join(elsewhere, 'moves'))).toEqual(await readTableObjects(folder))
})

test('a damaged file is named by a check, and nothing is restored from it', async () => {
  const { config } = await makeArchive()
  const fleet = fleetOf(config)
  const place = join(await temporaryFolder(), 'backups')
  await fleet('backup', place)
  const store = createFileStore(place)
  const [file] = await Array.fromAsync(store.list('files/'))
  const bytes = (await store.get(file.path))!
  await store.put(
    file.path,
    bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte)),
  )
  expect(await fleet('backup', 'check', place)).toMatchObject({
    code: 3,
    err: expect.stringMatching(
      /is damaged: it is not as it was written: delete it if it is there, then make a backup, .*\n1 file is not as written\n$/,
    ),
  })
  const elsewhere = join(await temporaryFolder(), 'fleet.yaml')
  await writeFile(elsewhere, `archive:\n  path: ${join(await temporaryFolder(), 'archive')}\n`)
  expect(await fleetOf(elsewhere)('restore', place)).toMatchObject({
    code: 1,
    err: expect.stringContaining('is damaged'),
  })
  await store.delete(file.path)
  expect((await fleet('backup', place)).out).toMatch(/\n {2}copied 1 file, /)
  expect(await fleet('backup', 'check', place)).toMatchObject({ code: 0 })
})

test('backups beside one that can not be read are listed, and it is told', async () => {
  const { config } = await makeArchive()
  const fleet = fleetOf(config)
  const place = join(await temporaryFolder(), 'backups')
  for (let i = 0; i < 3; i++) await fleet('backup', place)
  const store = createFileStore(place)
  const whole = (await fleet('backup', 'list', place)).out.split('\n')
  const id = whole[1].split(' ')[0]
  await store.put(`backups/${id}/manifest.json`, new TextEncoder().encode('{"format":1'))
  expect(await fleet('backup', 'list', place)).toEqual({
    code: 3,
    out: [whole[0], ...whole.slice(2)].join('\n'),
    err: expect.stringMatching(
      new RegExp(
        `^${id} can't be read: .*manifest.json is damaged: it is not JSON\\. Use another backup, or make a new one; .*\n$`,
      ),
    ),
  })
  await store.put(`backups/${id}/manifest.json`, new TextEncoder().encode('{"format":9}'))
  expect(await fleet('backup', 'list', place, '--json')).toMatchObject({
    out: expect.stringMatching(/^\{.*\}\n\{.*\}\n$/),
    err: expect.stringMatching(/^.* can't be read: .* has the format version 9/),
  })
})

test('a backup says what the hub had not archived yet, and a restore what the hub says of it', async () => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const hub = await connectHub({ url: server.url, service: 'test' })
  onTestFinished(() => hub.close())
  await hub.streams.make({ name: 'MOVES_0', subjects: ['commands.move.0'] })
  const { created } = await hub.streams.info('MOVES_0')
  for (let i = 0; i < 45; i++) await hub.streams.append('commands.move.0', new Uint8Array(1), { timeoutMs: 5_000 })
  const { config, folder } = await makeArchive({ created })
  const place = join(await temporaryFolder(), 'backups')
  const backup = await fleetOf(config)('backup', place, '--hub', server.url)
  expect(backup.out).toMatch(/\n {2}3 messages of the hub were not archived yet and are not in the backup\n$/)
  const store = createFileStore(folder)
  const { id } = (await openTable(store)).snapshot
  await writeArchiveClaim(hub, { table: id, hub: 'h', version: 5, fingerprint: undefined }, { sequence: 0 })
  await rm(join(folder, '..'), { recursive: true })
  const kept = join(await temporaryFolder(), 'fleet.yaml')
  await writeFile(kept, `archive:\n  path: ${join(folder, '..')}\n`)
  const restored = await fleetOf(kept)('restore', place, '--json', '--hub', server.url)
  expect(JSON.parse(restored.out)).toMatchObject({
    files: 3,
    filesThere: 0,
    advice: expect.stringMatching(
      /^the hub has fed version 5 of the archive, and the backup is of version 1: .* FLEET_ARCHIVE_ADOPT=true/,
    ),
  })
  expect(await openLossTable(createFileStore(join(folder, '..', 'losses')))).toBeUndefined()
})
