import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { newHubSecrets } from '@fleetlake/nats-server'

/** Where people come to the stack. */
export interface Place {
  /** Host name, as in the address of the page. */
  readonly host: string
  readonly port: number
}

/** What docker-compose.yml asks for, in the order of .env.example. */
export type Settings = Readonly<Record<string, string>>

const newSecret = (): string => randomBytes(32).toString('hex')

/** Where the stack listens. Beyond this machine only for a host name that is not this machine's. */
export const placeSettings = ({ host, port }: Place): Settings => {
  const authority = port === 443 ? host : `${host}:${port}`
  return {
    FLEET_HOST: host,
    FLEET_BIND: host === 'localhost' ? '127.0.0.1' : '0.0.0.0',
    FLEET_PORT: String(port),
    FLEET_PUBLIC_URL: `https://${authority}`,
    FLEET_PUBLIC_HUB_URL: `wss://${authority}/hub`,
  }
}

/** Fresh ones, each of its own. A route's password is for clusters, and there is one server. */
export const newSecrets = (): Settings => {
  const { FLEET_HUB_PASSWORD_ROUTE: _, ...hub } = newHubSecrets()
  return {
    ...hub,
    FLEET_GATEWAY_SESSION_SECRET: newSecret(),
    FLEET_OPS_TOKEN: newSecret(),
    FLEET_S3_ACCESS_KEY_ID: `fleetlake-${randomBytes(4).toString('hex')}`,
    FLEET_S3_SECRET_ACCESS_KEY: newSecret(),
    FLEET_GRAFANA_PASSWORD: newSecret(),
  }
}

/**
 * The example with its values put in: its comments stay.
 * @throws Error for a setting that it does not have
 */
export const fillExample = (example: string, settings: Settings): string =>
  Object.entries(settings).reduce((text, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'm')
    if (!line.test(text)) throw new Error(`.env.example has no ${name}`)
    return text.replace(line, `${name}=${value}`)
  }, example)

const root = fileURLToPath(new URL('../../../', import.meta.url))

const main = (): void => {
  const { values } = parseArgs({
    options: { host: { type: 'string', default: 'localhost' }, port: { type: 'string' }, folder: { type: 'string' } },
  })
  const port = Number(values.port ?? (values.host === 'localhost' ? 8443 : 443))
  if (!/^[a-z\d]([a-z\d.-]*[a-z\d])?$/.test(values.host) || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(
      'say a host name in small letters and a port: npm run compose:secrets -- --host fleet.example.com --port 443',
    )
  const folder = values.folder ?? root
  const settings = { ...placeSettings({ host: values.host, port }), ...newSecrets() }
  const text = fillExample(readFileSync(join(root, '.env.example'), 'utf8'), settings)
  // Never over secrets that a hub and an archive already go by.
  writeFileSync(join(folder, '.env'), text, { flag: 'wx', mode: 0o600 })
  const secrets = join(folder, '.fleetlake/compose')
  mkdirSync(secrets, { recursive: true, mode: 0o700 })
  // For a container that runs as another user; the folder above is closed.
  writeFileSync(join(secrets, 'ops-token'), settings.FLEET_OPS_TOKEN, { mode: 0o644 })
  console.log(`Made .env for ${settings.FLEET_PUBLIC_URL}. Keep it: it has the secrets of this stack.`)
}

if (import.meta.main) {
  try {
    main()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    console.error(
      code === 'EEXIST' ? '.env is there already, and its secrets are in use: remove it to make new ones' : message,
    )
    process.exitCode = 1
  }
}
