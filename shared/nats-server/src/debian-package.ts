import { execFile } from 'node:child_process'
import { access, chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { reasonOf } from '@fleetlake/core'

const run = promisify(execFile)

/** `sid`, which is unstable, has the current server; `bookworm` has 2.9.10. */
export type DebianSuite = 'sid' | 'bookworm'

const aptGet = '/usr/bin/apt-get'
/** The name has changed with Debian 13. */
const keyrings = ['gpg', 'pgp'].map((ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`)
const commandTimeoutMs = 180_000

/** Of this machine: a distribution with apt, from which a package of Debian's may come. */
export const hasApt = async (): Promise<boolean> => {
  const release = await readOsRelease()
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && (await exists(aptGet))
}

/**
 * Debian's mirror among those that the machine's apt uses: the one of its own release on Debian, elsewhere one that is named as Debian's.
 * @param targets lines `<address> <release>`, as `apt-get indextargets` prints them
 */
export const findDebianMirror = (osRelease: string, targets: string): string | undefined => {
  const codename = /^VERSION_CODENAME="?([\w-]+)/m.exec(osRelease)?.[1]
  const isDebian = /^ID="?debian"?$/m.test(osRelease)
  const mirrors = targets.split('\n').map((line) => line.trim().split(' '))
  return mirrors.find(([address, release]) =>
    isDebian ? release === codename : /^https?:\/\/[^ ]*\/debian\/?$/.test(address),
  )?.[0]
}

/**
 * Gets nats-server out of Debian's package, and leaves the machine's own sources, lists and packages as they are: lists of the suite are
 * fetched into a folder that goes again. What is trusted is apt's check of the release's signature and of the package's hash.
 * @param target where the program is put, whole or not at all
 * @param mirror this machine's own when missing
 * @throws Error with the reason, in apt's words
 */
export const fetchDebianServer = async (suite: DebianSuite, target: string, mirror?: string): Promise<void> => {
  mirror ??= findDebianMirror(await readOsRelease(), await listTargets())
  if (mirror === undefined) throw new Error("none of this machine's package sources is a mirror of Debian")
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-nats-'))
  try {
    // As root, apt fetches lists as a user of its own, which needs access to this folder.
    await chmod(folder, 0o755)
    const options = await layOut(folder, mirror, suite)
    await apt(folder, [...options, 'update'])
    await apt(folder, [...options, 'download', 'nats-server'])
    const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'))
    if (archive === undefined) throw new Error('apt-get download left no package')
    await run('dpkg', ['-x', archive, 'package'], { cwd: folder, timeout: commandTimeoutMs })
    await moveInto(join(folder, 'package/usr/sbin/nats-server'), target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const readOsRelease = (): Promise<string> => readFile('/etc/os-release', 'utf8').catch(() => '')

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const listTargets = async (): Promise<string> => {
  const format = '$(REPO_URI) $(RELEASE)'
  const { stdout } = await run(aptGet, ['indextargets', '--format', format, 'Created-By: Packages'])
  return stdout
}

/** A source of its own, and none of what the machine's own apt may be told to let pass. */
const layOut = async (folder: string, mirror: string, suite: DebianSuite): Promise<string[]> => {
  const [sources, lists, cache] = ['debian.sources', 'lists', 'cache'].map((name) => join(folder, name))
  await Promise.all([mkdir(join(lists, 'partial'), { recursive: true }), mkdir(cache)])
  const isThere = await Promise.all(keyrings.map(exists))
  const keyring = keyrings.find((_, index) => isThere[index])
  const source = [
    'Types: deb',
    `URIs: ${mirror}`,
    `Suites: ${suite}`,
    'Components: main',
    'Targets: Packages',
    ...(keyring === undefined ? [] : [`Signed-By: ${keyring}`]),
  ]
  await writeFile(sources, `${source.join('\n')}\n`)
  const settings = {
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Dir::State::Lists': lists,
    'Dir::Cache': cache,
    'APT::Default-Release': suite,
    'APT::Get::AllowUnauthenticated': 'false',
    'Acquire::AllowInsecureRepositories': 'false',
    'Acquire::AllowWeakRepositories': 'false',
    'Acquire::AllowDowngradeToInsecureRepositories': 'false',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

const apt = async (folder: string, args: readonly string[]): Promise<void> => {
  const env = { ...process.env, LC_ALL: 'C' }
  try {
    // An update that fetched nothing is an error as well.
    await run(aptGet, ['-qq', '-o', 'APT::Update::Error-Mode=any', ...args], {
      cwd: folder,
      env,
      timeout: commandTimeoutMs,
    })
  } catch (cause) {
    throw new Error(firstFault(reasonOf(cause)), { cause })
  }
}

const firstFault = (text: string): string => {
  const lines = text.split('\n').map((line) => line.trim())
  return (
    lines.find((line) => line.startsWith('E: ')) ??
    lines.find((line) => line !== '' && !line.startsWith('Command failed')) ??
    text
  )
}

/** Renamed into place, so that half a file is never started. */
const moveInto = async (source: string, target: string): Promise<void> => {
  await mkdir(join(target, '..'), { recursive: true })
  const temporary = `${target}.${process.pid}`
  await copyFile(source, temporary)
  await chmod(temporary, 0o755)
  await rename(temporary, target)
}
