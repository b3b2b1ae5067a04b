import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configSchema } from '@fleetlake/contracts'
import { loadConfig } from '@fleetlake/service'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { HUB_CONFIG, hubConfig } from './hub-config.ts'
import { type ComposeService, readCompose, root } from './testing/read-compose.ts'

let services: Readonly<Record<string, ComposeService>>
let text: string
beforeAll(async () => {
  ;[{ services }, text] = await Promise.all([readCompose(), readFile(join(root, 'docker-compose.yml'), 'utf8')])
})

const validator = async () => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const schema = JSON.parse(await readFile(join(import.meta.dirname, 'schema/compose-spec.json'), 'utf8')) as object
  // Ajv knows draft 7 by its address with http.
  return ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' })
}

test('the file is one of the Compose Specification, which a slip is not', async () => {
  const validate = await validator()
  const file = parse(text, { merge: true }) as { services: Record<string, object> }
  validate(file)
  expect(validate.errors).toBe(null)
  const slip = { ...file, services: { ...file.services, nats: { ...file.services['nats'], mem_limits: '1g' } } }
  expect(validate(slip)).toBe(false)
})

test('the configuration of nats-server is as it would be written now', async () => {
  expect(await readFile(HUB_CONFIG, 'utf8')).toBe(hubConfig())
})

const SHARED = ['FLEET_CONFIG', 'FLEET_OPS_HOST', 'FLEET_OPS_PORT', 'FLEET_OPS_TOKEN']
const OF_ARCHIVE = ['FLEET_ARCHIVE_S3_ACCESS_KEY_ID', 'FLEET_ARCHIVE_S3_SECRET_ACCESS_KEY']
const OF_HUB = ['FLEET_HUB_PASSWORD', 'FLEET_HUB_USER']

test('each service has the secrets that it needs, and no others', () => {
  const given = Object.fromEntries(
    Object.entries(services).map(([name, { environment }]) => [name, Object.keys(environment).toSorted()]),
  )
  const service = (...more: string[]): string[] => [...SHARED, ...OF_HUB, ...more].toSorted()
  expect(given).toEqual({
    nats: [
      ...['COLLECTOR', 'COMPACTOR', 'FINDER', 'GATEWAY', 'GENERATOR', 'PROJECTOR', 'SYSTEM', 'TERMINAL', 'VIEWER'].map(
        (user) => `FLEET_HUB_PASSWORD_${user}`,
      ),
      'FLEET_HUB_ISSUER',
      'FLEET_HUB_ORIGIN',
      'GOMEMLIMIT',
    ].toSorted(),
    generator: service(),
    collector: service(...OF_ARCHIVE),
    compactor: service(...OF_ARCHIVE),
    projector: service(...OF_ARCHIVE),
    finder: service(...OF_ARCHIVE),
    viewer: service(...OF_ARCHIVE, 'FLEET_GATEWAY_PUBLIC_URL', 'FLEET_VIEWER_HUB_URL'),
    gateway: service(
      ...OF_ARCHIVE,
      'FLEET_GATEWAY_HUB_ISSUER_SECRET',
      'FLEET_GATEWAY_HUB_SYSTEM_PASSWORD',
      'FLEET_GATEWAY_PUBLIC_URL',
      'FLEET_GATEWAY_SESSION_SECRET',
    ),
    fleet: ['FLEET_CONFIG', ...OF_HUB, ...OF_ARCHIVE].toSorted(),
    proxy: ['FLEET_HOST'],
    s3: ['MINIO_ROOT_PASSWORD', 'MINIO_ROOT_USER'],
    's3-bucket': ['MC_CONFIG_DIR', 'MC_HOST_fleet'],
    prometheus: [],
    grafana: ['GF_ANALYTICS_CHECK_FOR_UPDATES', 'GF_ANALYTICS_REPORTING_ENABLED', 'GF_SECURITY_ADMIN_PASSWORD'],
  })
  const passwords = Object.entries(services).flatMap(([name, { environment }]) =>
    name === 'nats' || environment['FLEET_HUB_PASSWORD'] === undefined ? [] : [environment['FLEET_HUB_PASSWORD']],
  )
  expect(new Set(passwords).size).toBe(passwords.length)
})

test('nothing is reached from other machines but the proxy, and that only when asked for', () => {
  const published = Object.entries(services).flatMap(([name, { ports }]) => ports.map((port) => `${name} ${port}`))
  expect(published).toEqual([
    'grafana 127.0.0.1:3001:3000/tcp',
    'prometheus 127.0.0.1:9090:9090/tcp',
    'proxy 127.0.0.1:8443:8443/tcp',
  ])
})

test('every container is read-only, without capabilities, with a limit of memory and a health check or a reason', () => {
  const file = parse(text, { merge: true }) as { services: Record<string, Record<string, unknown>> }
  const shape = Object.values(file.services).map(({ read_only, cap_drop, security_opt, mem_limit }) => ({
    read_only,
    cap_drop,
    security_opt,
    limited: mem_limit !== undefined,
  }))
  const hardened = { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], limited: true }
  expect(shape).toEqual(shape.map(() => hardened))
  const unchecked = Object.entries(services).flatMap(([name, { healthcheck }]) =>
    healthcheck === undefined || healthcheck.test[0] === 'NONE' ? [name] : [],
  )
  expect(unchecked.toSorted()).toEqual(['fleet', 'grafana', 'prometheus', 'proxy', 's3', 's3-bucket'])
})

test.each(['fleet.yaml', 'fleet-s3.yaml'])('the settings of %s are known', (file) => {
  expect(() =>
    loadConfig(configSchema, { args: [], env: {}, defaultFile: join(root, 'deployment/compose', file) }),
  ).not.toThrow()
})
