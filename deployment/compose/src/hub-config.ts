import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { formatDeployedHub } from '@fleetlake/nats-server'

const GIB = 1024 ** 3

/** Where docker-compose.yml finds it. */
export const HUB_CONFIG = fileURLToPath(new URL('../nats-server.conf', import.meta.url))

/** The variable with the origin of the page, in quotes: a text of the server's configuration. */
export const ORIGIN_VARIABLE = 'FLEET_HUB_ORIGIN'

/** What the nats-server of docker-compose.yml runs with: its secrets are in its environment. */
export const hubConfig = (): string =>
  [
    '# Written by: node deployment/compose/src/hub-config.ts. Each secret is a variable of the environment.',
    formatDeployedHub({
      storeDir: '/data',
      // Eight partitions and the small streams, as fleet.yaml has them.
      maxFileBytes: 10 * GIB,
      maxMemoryBytes: GIB / 4,
      syncInterval: '10s',
      websocketOrigins: [{ variable: ORIGIN_VARIABLE }],
    }),
  ].join('\n')

if (import.meta.main) writeFileSync(HUB_CONFIG, hubConfig())
