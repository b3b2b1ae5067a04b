import { access, chmod, mkdir, utimes, writeFile } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { delimiter, join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findNatsServer, provideNatsServer, readServerVersion } from './find-binary.ts'

const writeServer = async (folder: string, version: string, mode = 0o755): Promise<string> => {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'nats-server')
  await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`)
  await chmod(path, mode)
  return path
}

const foldersOf = async (...names: string[]): Promise<string[]> => {
  const folder = await temporaryFolder()
  return names.map((name) => join(folder, name))
}

test('the first folder with a mended server wins; a file that is not a program and one that fails are passed over', async () => {
  const [empty, noProgram, failing, old, mended, newer] = await foldersOf('a', 'b', 'c', 'd', 'e', 'f')
  await writeServer(noProgram, '2.15.1', 0o644)
  await writeFile(await writeServer(failing, ''), '#!/bin/sh\nexit 1\n')
  const oldPath = await writeServer(old, '2.9.10')
  const path = await writeServer(mended, '2.12.5-RC.1')
  await writeServer(newer, '2.15.1')
  expect(await findNatsServer([empty, noProgram, failing, old, mended, newer])).toEqual({ path, version: [2, 12, 5] })
  expect(await findNatsServer([empty, old])).toEqual({ path: oldPath, version: [2, 9, 10] })
  expect(await findNatsServer([empty, noProgram, failing])).toBe(undefined)
})

test('one on PATH that is new enough wins over those of the usual folders, among them the one that was fetched', async () => {
  const [old, mended] = await foldersOf('old', 'mended')
  await writeServer(old, '2.9.10')
  const path = await writeServer(mended, '2.12.5')
  vi.stubEnv('PATH', [old, mended, process.env['PATH']].join(delimiter))
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await findNatsServer()).toEqual({ path, version: [2, 12, 5] })
  expect(await provideNatsServer()).toBe(path)
})

test('where a mended server is found nothing is fetched and nothing said', async () => {
  const [old, mended] = await foldersOf('old', 'mended')
  await writeServer(old, '2.9.10')
  const path = await writeServer(mended, '2.12.5')
  const said: string[] = []
  const fetch = async (): Promise<void> => expect.unreachable()
  expect(await provideNatsServer({ folders: [old, mended], fetch, say: (line) => said.push(line) })).toBe(path)
  expect(said).toEqual([])
})

test('where only an old one is found the current one is fetched, once', async () => {
  const [old, folder] = await foldersOf('old', 'fetched')
  await writeServer(old, '2.9.10')
  const said: string[] = []
  let fetches = 0
  const fetch = async (target: string): Promise<void> => {
    fetches++
    expect(target).toBe(join(folder, 'nats-server'))
    await writeServer(folder, '2.15.1')
  }
  const deps = { folders: [old, folder], folder, fetch, say: (line: string) => said.push(line) }
  expect(await provideNatsServer(deps)).toBe(join(folder, 'nats-server'))
  expect(await provideNatsServer(deps)).toBe(join(folder, 'nats-server'))
  expect(fetches).toBe(1)
  expect(said).toEqual([
    'nats-server 2.9.10 is old: getting the current one of Debian with apt …',
    expect.stringMatching(/^nats-server 2\.9\.10 is old: got 2\.15\.1 in [\d.]+ s$/),
  ])
})

test.each([
  [
    'apt fails',
    () => Promise.reject(new Error('E: Release file is not signed\nmore')),
    'the current one could not be fetched: E: Release file is not signed',
  ],
  [
    'the mirror has an old one',
    (target: string) => writeServer(join(target, '..'), '2.10.27'),
    'the current one could not be fetched: the mirror has no newer one than 2.10.27',
  ],
])('where %s an old one is used, and the next hour does not ask again', async (_, fetchOnce, failure) => {
  const [old, folder] = await foldersOf('old', 'fetched')
  const path = await writeServer(old, '2.9.10')
  const said: string[] = []
  let fetches = 0
  const fetch = async (target: string): Promise<void> => {
    fetches++
    await fetchOnce(target)
  }
  const deps = { folders: [old], folder, fetch, say: (line: string) => said.push(line) }
  expect(await provideNatsServer(deps)).toBe(path)
  expect(await provideNatsServer(deps)).toBe(path)
  expect(fetches).toBe(1)
  expect(said.slice(1)).toEqual([
    `nats-server 2.9.10 is old: ${failure}`,
    `nats-server 2.9.10 is old: ${failure} (tried again an hour after that, or once ${folder} is removed)`,
  ])
  const before = new Date(Date.now() - 2 * 60 * 60_000)
  await utimes(join(folder, 'fetch-failed'), before, before)
  await provideNatsServer(deps)
  expect(fetches).toBe(2)
})

test('where there is none and none can be fetched it is told what to do, and with which version', async () => {
  const [empty, folder] = await foldersOf('empty', 'fetched')
  await expect(provideNatsServer({ folders: [empty], folder, fetch: undefined })).rejects.toThrow(
    fault(
      'hub.server-missing',
      /^nats-server 2\.12\.5 or newer is needed and was not found\. Install it .*docker run -p 4222:4222 nats -js`$/,
    ),
  )
  const fetch = () => Promise.reject(new Error('E: no network'))
  await expect(provideNatsServer({ folders: [empty], folder, fetch })).rejects.toThrow(
    /\(the current one could not be fetched: E: no network\)$/,
  )
  await expect(access(join(folder, 'nats-server'))).rejects.toThrow('ENOENT')
})

test('the version is read as numbers, whatever follows them', async () => {
  expect(await readServerVersion(await writeServer(await temporaryFolder(), '2.12.3-RC.1'))).toEqual([2, 12, 3])
})
