import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { findChromium, provideChromium } from './provide-chromium.ts'

const writeProgram = async (path: string, mode = 0o755): Promise<string> => {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, '#!/bin/sh\n')
  await chmod(path, mode)
  return path
}

test('the first folder with a Chromium or a Chrome wins, then an application; what is not a program is passed over', async () => {
  const folder = await temporaryFolder()
  await writeProgram(join(folder, 'a/chromium'), 0o644)
  await mkdir(join(folder, 'b/google-chrome'), { recursive: true })
  const chrome = await writeProgram(join(folder, 'c/google-chrome'))
  const application = await writeProgram(join(folder, 'Chrome.app/Google Chrome'))
  const folders = ['a', 'b', 'c'].map((name) => join(folder, name))
  const places = { folders, applications: [application], chosen: undefined }
  expect(await findChromium(places)).toBe(chrome)
  expect(await findChromium({ ...places, folders: folders.slice(0, 2) })).toBe(application)
  expect(await findChromium({ ...places, folders: [], applications: [] })).toBe(undefined)
  const said: string[] = []
  expect(await provideChromium({ ...places, say: (line) => said.push(line) })).toBe(chrome)
  expect(said).toEqual([])
})

test('the chosen one is taken whatever else there is, and must be a program', async () => {
  const folder = await temporaryFolder()
  const chosen = await writeProgram(join(folder, 'mine'))
  expect(await findChromium({ chosen })).toBe(chosen)
  await expect(findChromium({ chosen: join(folder, 'none') })).rejects.toThrow(
    fault('browser.missing', `FLEET_CHROMIUM is ${folder}/none, which is not a program`),
  )
})
