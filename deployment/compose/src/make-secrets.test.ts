import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fillExample, newSecrets, placeSettings } from './make-secrets.ts'

const root = join(import.meta.dirname, '../../..')

test('the page is on this machine by default, and at every address for a name of its own', () => {
  expect([
    placeSettings({ host: 'localhost', port: 8443 }),
    placeSettings({ host: 'fleet.example.com', port: 443 }),
  ]).toEqual([
    {
      FLEET_HOST: 'localhost',
      FLEET_BIND: '127.0.0.1',
      FLEET_PORT: '8443',
      FLEET_PUBLIC_URL: 'https://localhost:8443',
      FLEET_PUBLIC_HUB_URL: 'wss://localhost:8443/hub',
    },
    {
      FLEET_HOST: 'fleet.example.com',
      FLEET_BIND: '0.0.0.0',
      FLEET_PORT: '443',
      FLEET_PUBLIC_URL: 'https://fleet.example.com',
      FLEET_PUBLIC_HUB_URL: 'wss://fleet.example.com/hub',
    },
  ])
})

test('every variable of docker-compose.yml is in the example, and each that is empty there gets a secret of its own', async () => {
  const [example, compose] = await Promise.all(
    ['.env.example', 'docker-compose.yml'].map((file) => readFile(join(root, file), 'utf8')),
  )
  const used = new Set([...compose.matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
  const named = [...example.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => ({ name, value }))
  expect(named.map(({ name }) => name).toSorted()).toEqual([...used].toSorted())
  const secrets = newSecrets()
  expect(Object.keys(secrets).toSorted()).toEqual(
    named.flatMap(({ name, value }) => (value === '' ? [name] : [])).toSorted(),
  )
  expect(fillExample(example, secrets)).not.toMatch(/^\w+=$/m)
  expect(new Set(Object.values(secrets)).size).toBe(Object.keys(secrets).length)
})
