import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegistryStore } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { keepPerson, openRegistry, type Registry, setGroup } from '@fleetlake/registry'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startMemoryBroker } from '../../../shared/hub/src/testing/memory-hub.ts'
import { holdRegistry } from '../registry/hold-registry.ts'
import { openPeople, type Permit } from './open-people.ts'

const NOW = Date.parse('2026-01-05T12:00:00Z')
const FROM = '2026-01-05T11:00:00Z'
const WHO = 'test'

const broker = startMemoryBroker()

interface Scene {
  readonly permit: Permit
  /** Nobody hears of what it changes. */
  readonly registry: Registry
  /** Writes what is no commit behind the last one. */
  damage(): Promise<void>
}

const openScene = async (auth: 'required' | 'none'): Promise<Scene> => {
  const path = await temporaryFolder()
  const config = configSchema.parse({ auth, archive: { path } })
  const hub = await broker.connect({ service: 'event-finder' })
  const held = holdRegistry(hub, { config, warn: () => {} })
  const permit = await openPeople(held, { config, nowMs: () => NOW })
  const registry = await openRegistry(await openRegistryStore(config.archive))
  onTestFinished(async () => {
    await held.close()
    await registry.close()
    await hub.close()
  })
  const damage = (): Promise<void> => {
    const next = String(registry.version() + 1).padStart(20, '0')
    return writeFile(join(path, 'registry', '_delta_log', `${next}.json`), '{"commitInfo":')
  }
  return { permit, registry, damage }
}

test('where no login is needed everybody sees all, whatever the registry says', async () => {
  const { permit, registry } = await openScene('none')
  await keepPerson(registry, 'openid:anna', { role: 'viewer', groups: [] })
  expect(await Promise.all(['anyone', 'openid_3aanna', 'x'].map((person) => permit({ person, from: FROM })))).toEqual([
    'all',
    'all',
    'all',
  ])
})

test('who has logged in a moment ago is known, and so is the role that came with the login', async () => {
  const { permit, registry } = await openScene('required')
  const ask = () => permit({ person: 'openid_3aanna', from: FROM })
  await setGroup(registry, { name: 'north', vehicles: ['tram-*'] }, WHO)
  await keepPerson(registry, 'openid:anna', { role: 'viewer', groups: ['north'] })
  await expect(ask()).rejects.toThrow(fault('query.denied', /^openid:anna may see where vehicles are now, /))
  await keepPerson(registry, 'openid:anna', { role: 'dispatcher', groups: ['north'] })
  expect(await ask()).toEqual({ ids: [], prefixes: ['tram-'] })
})

test('while the registry can not be read those who are known may what they might, and nobody else', async () => {
  const { permit, registry, damage } = await openScene('required')
  await keepPerson(registry, 'openid:anna', { role: 'dispatcher' })
  const ask = (person: string) => permit({ person, from: FROM })
  expect(await ask('openid_3aanna')).toBe('all')
  await damage()
  expect(await ask('openid_3aanna')).toBe('all')
  await expect(ask('openid_3aben')).rejects.toThrow(
    fault(
      'query.denied',
      /^what you may is not known for sure, since the registry can't be read now: ask again \(.*damaged/,
    ),
  )
})
