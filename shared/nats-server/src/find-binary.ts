import { execFile } from 'node:child_process'
import { access, constants, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isMendedServer, MINIMUM_SERVER, readVersionNumbers } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { fetchDebianServer, hasApt } from './debian-package.ts'

const run = promisify(execFile)

/** Debian's program is put here and stays, until the folder is removed. */
const ownFolder = fileURLToPath(new URL('../.fleetlake/bin', import.meta.url))
const usualFolders = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin', ownFolder]
/** What could not be fetched is not asked for by every start. */
const tryAgainAfterMs = 60 * 60_000

export type FoundServer = { path: string; version: readonly number[] }

export type ProvideDeps = {
  /** the folders to look in, PATH and the usual ones by default */
  folders?: readonly string[]
  /** where a fetched one is kept */
  folder?: string
  /** puts a current server there; undefined where none can be fetched */
  fetch?: ((target: string) => Promise<void>) | undefined
  /** told what is being done when it takes a while, and what failed */
  say?: (line: string) => void
}

/** @returns the first server of the folders without known faults, else the first of all; undefined when no folder has one */
export const findNatsServer = async (
  folders: readonly string[] = defaultFolders(),
): Promise<FoundServer | undefined> => {
  const found: FoundServer[] = []
  for (const folder of folders) {
    const path = join(folder, 'nats-server')
    const version = (await isExecutable(path)) ? await readServerVersion(path).catch(() => undefined) : undefined
    if (version === undefined) continue
    if (isMendedServer(version)) return { path, version }
    found.push({ path, version })
  }
  return found[0]
}

/**
 * Finds nats-server; when there is none without known faults, takes Debian's current one where apt can fetch it. Where it can't, an old
 * one is used.
 * @throws FleetError `hub.server-missing` with what to do
 */
export const provideNatsServer = async (deps: ProvideDeps = {}): Promise<string> => {
  const { folders, folder = ownFolder, say = () => {} } = deps
  const found = await findNatsServer(folders)
  if (found !== undefined && isMendedServer(found.version)) return found.path
  const fetch = 'fetch' in deps ? deps.fetch : await usualFetch()
  const has = found === undefined ? 'nats-server not found' : `nats-server ${found.version.join('.')} is old`
  const fetched =
    fetch === undefined ? undefined : await tryFetch({ folder, fetch, say: (line) => say(`${has}: ${line}`) })
  if (fetched?.path !== undefined) return fetched.path
  if (found === undefined) throw missing(fetched?.failure)
  return found.path
}

/** @returns the version as numbers, e.g. [2, 9, 10] */
export const readServerVersion = async (binary: string): Promise<number[]> => {
  const { stdout } = await run(binary, ['--version'], { timeout: 10_000 })
  return readVersionNumbers(stdout)
}

const usualFetch = async (): Promise<((target: string) => Promise<void>) | undefined> =>
  (await hasApt()) ? (target) => fetchDebianServer('sid', target) : undefined

type Fetch = Required<Pick<ProvideDeps, 'folder' | 'say'>> & { fetch: (target: string) => Promise<void> }

const tryFetch = async ({
  folder,
  fetch,
  say,
}: Fetch): Promise<{ path: string; failure?: never } | { path?: never; failure: string }> => {
  const target = join(folder, 'nats-server')
  const failed = join(folder, 'fetch-failed')
  const known = await readRecent(failed)
  if (known !== undefined) {
    say(`${known} (tried again an hour after that, or once ${folder} is removed)`)
    return { failure: known }
  }
  say('getting the current one of Debian with apt …')
  const startedAt = performance.now()
  try {
    await fetch(target)
    const version = await readServerVersion(target)
    if (!isMendedServer(version)) throw new Error(`the mirror has no newer one than ${version.join('.')}`)
    await rm(failed, { force: true })
    say(`got ${version.join('.')} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
    return { path: target }
  } catch (error) {
    const failure = `the current one could not be fetched: ${reasonOf(error).split('\n')[0]}`
    say(failure)
    await mkdir(folder, { recursive: true })
    await writeFile(failed, failure)
    return { failure }
  }
}

const readRecent = async (path: string): Promise<string | undefined> => {
  const writtenAt = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  return Date.now() - writtenAt < tryAgainAfterMs ? readFile(path, 'utf8') : undefined
}

const defaultFolders = (): string[] => [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...usualFolders]

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

const missing = (failure?: string): FleetError =>
  new FleetError(
    'hub.server-missing',
    `nats-server ${MINIMUM_SERVER} or newer is needed and was not found. Install it and start again: ` +
      '`brew install nats-server` (macOS), put the binary from https://github.com/nats-io/nats-server/releases on PATH, ' +
      'or run one in a container, which is then used: `docker run -p 4222:4222 nats -js`' +
      (failure === undefined ? '' : ` (${failure})`),
  )
