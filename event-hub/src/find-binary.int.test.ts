import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { findNatsServer, provideNatsServer, readServerVersion } from './find-binary.ts'

const writeFakeServer = async (folder: string, mode: number): Promise<string> => {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'nats-server')
  await writeFile(path, '#!/bin/sh\necho "nats-server: v2.12.3-RC.1"\n')
  await chmod(path, mode)
  return path
}

test('the first folder that has a program wins, and a file that is none is passed over', async () => {
  const folder = await temporaryFolder()
  const [empty, first, second] = ['empty', 'first', 'second'].map((name) => join(folder, name))
  await writeFakeServer(first, 0o644)
  const program = await writeFakeServer(second, 0o755)
  expect(await findNatsServer([empty, first, second])).toBe(program)
  expect(await findNatsServer([empty, first])).toBe(undefined)
  const said: string[] = []
  expect(await provideNatsServer({ folders: [second], say: (line) => said.push(line) })).toBe(program)
  expect(said).toEqual([])
})

test('the version is read as numbers, whatever follows them', async () => {
  const program = await writeFakeServer(await temporaryFolder(), 0o755)
  expect(await readServerVersion(program)).toEqual([2, 12, 3])
})
