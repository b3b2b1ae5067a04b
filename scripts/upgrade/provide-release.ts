import { execFile } from 'node:child_process'
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'

const run = promisify(execFile)
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const RELEASES = join(REPOSITORY, '.fleetlake', 'releases')
const INSTALL_MS = 600_000

/** A release that is no longer there but in the history. */
export interface Release {
  readonly version: string
  readonly commit: string
}

/** The last commit before anything was added to what CHANGELOG.md says of 0.1.0. */
export const FIRST_RELEASE: Release = { version: '0.1.0', commit: '0738d9e0d88c032a9232e4d5d01b7f1831d48b7a' }

/** What is run of it, with what these need. */
const PACKAGES = ['event-collector', 'event-finder', 'terminal']

/**
 * An old release, installed as its own lockfile says, in a folder of its own that stays.
 * @returns the folder
 * @throws FleetError `service.failed` where the history or the registry is not there, with what to do
 */
export const provideRelease = async ({ version, commit }: Release, say: (line: string) => void): Promise<string> => {
  const folder = join(RELEASES, `${version}-${commit.slice(0, 7)}`)
  const isThere = await access(folder).then(
    () => true,
    () => false,
  )
  if (isThere) return folder
  const making = `${folder}.new`
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { recursive: true })
  const archive = `${making}.tar`
  await run('git', ['archive', '-o', archive, commit], { cwd: REPOSITORY }).catch((cause: unknown) => {
    throw new FleetError(
      'service.failed',
      `the history has no commit ${commit} (${reasonOf(cause)}): this test needs a clone with the history (git fetch --unshallow)`,
    )
  })
  await run('tar', ['-xf', archive, '-C', making])
  await rm(archive)
  say(`installing Fleetlake ${version}`)
  const filters = PACKAGES.flatMap((name) => ['--filter', `@fleetlake/${name}...`])
  await run('npx', ['--yes', 'pnpm@12.21.0', 'install', '--frozen-lockfile', '--prefer-offline', ...filters], {
    cwd: making,
    timeout: INSTALL_MS,
    env: { ...process.env, CI: 'true' },
  }).catch((cause: unknown) => {
    throw new FleetError('service.failed', `Fleetlake ${version} can't be installed: is the npm registry reached?`, {
      cause,
    })
  })
  await writeFile(join(making, '.installed'), '')
  await rename(making, folder)
  return folder
}
