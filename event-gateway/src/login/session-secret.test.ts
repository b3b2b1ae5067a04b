import { chmod, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fault } from '@fleetlake/core/testing'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { provideSessionSecret } from './session-secret.ts'

test('a secret is made once, by whoever is first, for its owner alone', async () => {
  const folder = join(await temporaryFolder(), 'gateway')
  const secrets = await Promise.all(Array.from({ length: 8 }, () => provideSessionSecret(folder)))
  expect(new Set(secrets)).toEqual(new Set([await provideSessionSecret(folder)]))
  expect(secrets[0]).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(await readdir(folder)).toEqual(['session-secret'])
  expect((await stat(join(folder, 'session-secret'))).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
})

test('one that others can read, or that is too short, is refused', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'session-secret')
  await writeFile(file, 'short', { mode: 0o600 })
  await expect(provideSessionSecret(folder)).rejects.toThrow(fault('config.invalid', /too short/))
  await writeFile(file, 's'.repeat(43))
  await chmod(file, 0o640)
  await expect(provideSessionSecret(folder)).rejects.toThrow(fault('config.invalid', /can be read by others/))
})
