import { expect, test } from 'vitest'
import { formatServerConfig, type ServerConfig } from './server-config.ts'

const config = {
  host: '127.0.0.1',
  port: 4222,
  storeDir: '/data/a "quoted" folder',
  portsDir: '/data/ports',
  maxFileBytes: 2000,
  maxMemoryBytes: 1000,
  maxPayloadBytes: 500,
  users: {
    kind: 'open',
    servicesPassword: 's',
    viewerPassword: 'v',
    viewer: { publish: ['a', 'b.*'], subscribe: ['c.>'] },
  },
  websocket: { host: '127.0.0.1', port: 9222, origins: ['http://localhost:3000'] },
} satisfies ServerConfig

test('paths are quoted, and what is not asked for is left out', () => {
  expect(formatServerConfig(config)).toBe(`server_name: fleetlake
host: "127.0.0.1"
port: 4222
ports_file_dir: "/data/ports"
max_payload: 500
jetstream {
  store_dir: "/data/a \\"quoted\\" folder"
  max_mem: 1000
  max_file: 2000
}
authorization {
  users: [
    { user: services, password: "s", allowed_connection_types: [STANDARD] }
    { user: viewer, password: "v", allowed_connection_types: [WEBSOCKET], permissions: {
      publish: { allow: ["a", "b.*"] }
      subscribe: { allow: ["c.>"] }
    } }
  ]
}
no_auth_user: services
websocket {
  host: "127.0.0.1"
  port: 9222
  no_tls: true
  no_auth_user: viewer
  allowed_origins: ["http://localhost:3000"]
}
`)
})

test('monitoring and the sync interval are written when asked for', () => {
  const lines = formatServerConfig({ ...config, monitoringPort: 8222, syncInterval: '10s' }).split('\n')
  expect(lines).toContain('http: "127.0.0.1:8222"')
  expect(lines).toContain('  sync_interval: "10s"')
})

test('where everyone logs in no one is let in without a name, and services are not asked for at the gateway', () => {
  const services = [
    { name: 'collector', password: 'c', publish: ['a'], subscribe: ['b.>'], answers: true },
    { name: 'finder', password: 'f', publish: ['e'], subscribe: ['d'], answers: false },
  ]
  const system = { name: 'system', password: 's', publish: ['k'], subscribe: ['i'], answers: false }
  const text = formatServerConfig({ ...config, users: { kind: 'known', services, system, issuer: 'AX' } })
  expect(text.slice(text.indexOf('authorization'))).toBe(`authorization {
  users: [
    { user: "collector", password: "c", allowed_connection_types: [STANDARD], permissions: {
      publish: { allow: ["a"] }
      subscribe: { allow: ["b.>"] }
      allow_responses: { max: 1, expires: "2m" }
    } }
    { user: "finder", password: "f", allowed_connection_types: [STANDARD], permissions: {
      publish: { allow: ["e"] }
      subscribe: { allow: ["d"] }
    } }
  ]
  auth_callout { issuer: "AX", auth_users: ["collector", "finder", "system"] }
}
accounts {
  $SYS: { users: [
    { user: "system", password: "s", allowed_connection_types: [STANDARD], permissions: {
      publish: { allow: ["k"] }
      subscribe: { allow: ["i"] }
    } }
  ] }
}
websocket {
  host: "127.0.0.1"
  port: 9222
  no_tls: true
  allowed_origins: ["http://localhost:3000"]
}
`)
})
