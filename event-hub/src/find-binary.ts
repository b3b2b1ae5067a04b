import { execFile } from 'node:child_process'
import { access, chmod, constants, mkdir, mkdtemp, readdir, readFile, rename, rm, copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'

const run = promisify(execFile)

/** Debian's package unpacked here, when the machine has no nats-server of its own. */
const ownFolder = fileURLToPath(new URL('../.fleetlake/bin', import.meta.url))
const usualFolders = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin', ownFolder]

export type ProvideDeps = {
  /** the folders to look in, PATH and the usual ones by default */
  folders?: readonly string[]
  /** told what is being done when it takes a while */
  say?: (line: string) => void
}

/** @returns the path of nats-server, or undefined when no folder has one */
export const findNatsServer = async (folders: readonly string[] = defaultFolders()): Promise<string | undefined> => {
  for (const folder of folders) {
    const path = join(folder, 'nats-server')
    if (await isExecutable(path)) return path
  }
  return undefined
}

/**
 * Finds nats-server; on Debian and Ubuntu takes it from their packages when there is none.
 * The package is unpacked into this folder and not installed, since installing it starts a system service on port 4222.
 * @throws FleetError `hub.server-missing` with what to do
 */
export const provideNatsServer = async ({ folders, say = () => {} }: ProvideDeps = {}): Promise<string> => {
  const found = await findNatsServer(folders)
  if (found !== undefined) return found
  if (!(await hasApt())) throw missing()
  say('nats-server not found: getting it with apt')
  try {
    return await unpackDebianPackage()
  } catch (cause) {
    throw missing(cause)
  }
}

/** @returns the version as numbers, e.g. [2, 9, 10] */
export const readServerVersion = async (binary: string): Promise<number[]> => {
  const { stdout } = await run(binary, ['--version'])
  return (/(\d+)\.(\d+)\.(\d+)/.exec(stdout)?.slice(1) ?? []).map(Number)
}

const defaultFolders = (): string[] => [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...usualFolders]

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

const hasApt = async (): Promise<boolean> => {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && (await isExecutable('/usr/bin/apt-get'))
}

const unpackDebianPackage = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-nats-'))
  try {
    const download = () => run('apt-get', ['download', '-qq', 'nats-server'], { cwd: folder })
    await download().catch(async (error: unknown) => {
      // Without root the package lists can't be refreshed: what apt knows must do.
      if (process.getuid?.() !== 0) throw error
      await run('apt-get', ['update', '-qq'])
      await download()
    })
    const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'))
    if (archive === undefined) throw new Error('apt-get download left no package')
    await run('dpkg', ['-x', join(folder, archive), folder])
    return await installInto(join(folder, 'usr/sbin/nats-server'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Renamed into place, so that nobody ever starts half a file. */
const installInto = async (source: string): Promise<string> => {
  await mkdir(ownFolder, { recursive: true })
  const target = join(ownFolder, 'nats-server')
  const temporary = `${target}.${process.pid}`
  await copyFile(source, temporary)
  await chmod(temporary, 0o755)
  await rename(temporary, target)
  return target
}

const missing = (cause?: unknown): FleetError =>
  new FleetError(
    'hub.server-missing',
    'nats-server is not installed. Install it and start again: ' +
      '`sudo apt-get install nats-server` (Debian, Ubuntu), `brew install nats-server` (macOS), ' +
      'put the binary from https://github.com/nats-io/nats-server/releases on PATH, or run one in a container, ' +
      'which is then used: `docker run -p 4222:4222 nats -js`' +
      (cause === undefined ? '' : ` (apt said: ${firstLine(reasonOf(cause))})`),
  )

const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('Command failed')) ?? text
