import { configSchema, listSettings } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { schemaFaults } from '../checks/schema-faults.ts'
import { CLUSTERS } from '../clusters/index.ts'
import { laptop } from '../clusters/laptop.ts'
import { production } from '../clusters/production.ts'
import { newSecrets } from './new-secrets.ts'
import { secretKeys } from './secret-keys.ts'

const GIVEN = { FLEET_ARCHIVE_S3_ACCESS_KEY_ID: 'key', FLEET_ARCHIVE_S3_SECRET_ACCESS_KEY: 'secret' }

test.each(Object.entries(CLUSTERS))(
  'the Secrets of %s have the keys that its manifests name, each with a value',
  (_, props) => {
    const secrets = newSecrets(props, GIVEN)
    expect(
      Object.fromEntries(secrets.map(({ metadata, stringData }) => [metadata!.name, Object.keys(stringData!)])),
    ).toEqual(secretKeys(props))
    expect(secrets.flatMap(schemaFaults)).toEqual([])
    expect(secrets.flatMap(({ stringData }) => Object.values(stringData!)).filter((value) => value === '')).toEqual([])
  },
)

test('they are others each time', () => {
  const values = [newSecrets(laptop, {}), newSecrets(laptop, {})].flatMap((secrets) =>
    secrets.flatMap(({ stringData }) => Object.values(stringData!)),
  )
  expect(new Set(values).size).toBe(values.length)
})

test('services take what they get', () => {
  const settings = new Map(listSettings(configSchema).map(({ variable, schema }) => [variable, schema]))
  const refused = newSecrets(production, GIVEN)
    .flatMap(({ stringData }) => Object.entries(stringData!))
    .filter(([key, value]) => settings.get(key)?.safeParse(value).success === false)
  expect(refused).toEqual([])
})

test('what can’t be made here has to be given', () => {
  expect(() => newSecrets(production, { FLEET_ARCHIVE_S3_ACCESS_KEY_ID: 'key' })).toThrow(
    fault(
      'usage.invalid',
      'FLEET_ARCHIVE_S3_SECRET_ACCESS_KEY: can’t be made here, set it in the environment of this command',
    ),
  )
})
