import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, parseEnv } from 'node:util'
import { ISSUER_VARIABLE, newHubSecrets } from '@fleetlake/nats-server'

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

/** Without these compose takes its own defaults, by which such a stack runs already. */
const LEFT_TO_COMPOSE: ReadonlySet<string> = new Set(['FLEET_BIND', 'FLEET_PORT'])

/** @throws Error for a line that compose reads in another way than Node does: what is taken for missing, or written to another file, would be another value */
export const checkLines = (env: string): void => {
  for (const [i, line] of env.split('\n').entries()) {
    const isOther =
      /^\s*(?:export\s+)?\w+\s*:/.test(line) ||
      /^\s*(?:export\s+)?\w+\s*=\s*[^\s'"`#][^'"`\s]*#/.test(line) ||
      /^\s*\w+=#/.test(line)
    if (isOther)
      throw new Error(
        `line ${i + 1} of .env is read in one way by docker compose and in another by this program: write NAME='value', with the value in single quotes`,
      )
  }
}

const KEY_PAIR = [ISSUER_VARIABLE, 'FLEET_GATEWAY_HUB_ISSUER_SECRET']

/**
 * What a .env has not, or has without a value; a hub and an archive already go by all else.
 * @param settings what the example leaves open
 * @throws Error where it has one half of the issuer's key pair, to which no other can be made
 */
export const missingSettings = (env: string, example: string, settings: Settings): Settings => {
  const present = parseEnv(env)
  const missing = Object.entries({ ...parseEnv(example), ...settings }).filter(
    ([name]) => !present[name] && !LEFT_TO_COMPOSE.has(name),
  )
  const halves = KEY_PAIR.filter((name) => !present[name])
  if (halves.length === 1)
    throw new Error(
      `.env has no ${halves[0]}, which belongs to its ${KEY_PAIR.find((name) => name !== halves[0])}: put it back, or remove that one too and have both made anew`,
    )
  return Object.fromEntries(missing) as Settings
}

/** Added at the end, where a value wins over an empty one above: what is there stays byte for byte, whatever happens. */
export const addedText = (env: string, missing: Settings): string =>
  [
    env === '' || env.endsWith('\n') ? '' : '\n',
    '\n# Added by npm run compose:secrets, since it was missing.\n',
    ...Object.entries(missing).map(([name, value]) => `${name}=${value}\n`),
  ].join('')

/** What is not given is as .env has it, or as it is by default. */
const placeOf = (env: NodeJS.Dict<string>, given: Partial<Place>): Place => {
  const host = given.host ?? (env.FLEET_HOST || 'localhost')
  return { host, port: given.port ?? (Number(env.FLEET_PORT) || (host === 'localhost' ? 8443 : 443)) }
}

const root = fileURLToPath(new URL('../../../', import.meta.url))

const readGiven = (): { folder: string; place: Partial<Place> } => {
  const { values } = parseArgs({
    options: { host: { type: 'string' }, port: { type: 'string' }, folder: { type: 'string' } },
  })
  const { host = 'localhost' } = values
  const port = Number(values.port ?? 443)
  if (!/^[a-z\d]([a-z\d.-]*[a-z\d])?$/.test(host) || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(
      'say a host name in small letters and a port: npm run compose:secrets -- --host fleet.example.com --port 443',
    )
  return {
    folder: values.folder ?? root,
    place: { ...(values.host && { host }), ...(values.port && { port }) },
  }
}

/** For a container that runs as another user; the folder above is closed. */
const writeOpsToken = (folder: string, token: string): void => {
  const secrets = join(folder, '.fleetlake/compose')
  mkdirSync(secrets, { recursive: true, mode: 0o700 })
  writeFileSync(join(secrets, 'ops-token'), token, { mode: 0o644 })
}

const make = (folder: string, example: string, given: Partial<Place>): string => {
  const settings = { ...placeSettings(placeOf({}, given)), ...newSecrets() }
  writeFileSync(join(folder, '.env'), fillExample(example, settings), { flag: 'wx', mode: 0o600 })
  writeOpsToken(folder, settings.FLEET_OPS_TOKEN!)
  return `Made .env for ${settings.FLEET_PUBLIC_URL}. Keep it: it has the secrets of this stack.`
}

const complete = (folder: string, example: string, given: Partial<Place>): string => {
  const env = readFileSync(join(folder, '.env'), 'utf8')
  checkLines(env)
  const present = parseEnv(env)
  const place = placeOf(present, given)
  if (place.host !== placeOf(present, {}).host || place.port !== placeOf(present, {}).port)
    throw new Error(
      '.env is there already, for another host or port: what is there is left alone, so change FLEET_HOST, FLEET_BIND, FLEET_PORT, FLEET_PUBLIC_URL and FLEET_PUBLIC_HUB_URL in it',
    )
  const missing = missingSettings(env, example, { ...placeSettings(place), ...newSecrets() })
  const names = Object.keys(missing)
  if (names.length > 0) appendFileSync(join(folder, '.env'), addedText(env, missing))
  writeOpsToken(folder, (missing.FLEET_OPS_TOKEN ?? present.FLEET_OPS_TOKEN)!)
  return names.length === 0
    ? '.env has all that it needs, and stays as it was.'
    : `Added to .env: ${names.join(', ')}. All else in it stays as it was.`
}

if (import.meta.main) {
  try {
    const { folder, place } = readGiven()
    const example = readFileSync(join(root, '.env.example'), 'utf8')
    console.log((existsSync(join(folder, '.env')) ? complete : make)(folder, example, place))
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
