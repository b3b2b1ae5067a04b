import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'

const run = promisify(execFile)

const manifestFolder = fileURLToPath(new URL('../../engines/chdb', import.meta.url))
const ownFolder = fileURLToPath(new URL('../../.fleetlake/chdb', import.meta.url))
const LOCK = 'package-lock.json'

/**
 * Installs ClickHouse as a library for the tests, with npm and its own lockfile: 550 MB, which is why it is not a dependency of the workspace.
 * What was installed stays until the lockfile changes.
 * @param say called with what is being done when it takes a while
 * @returns the module to import
 * @throws FleetError `service.failed` with what to do
 */
export const provideChdb = async (say: (line: string) => void = () => {}): Promise<string> => {
  const wanted = await readFile(join(manifestFolder, LOCK), 'utf8')
  const found = await readFile(join(ownFolder, LOCK), 'utf8').catch(() => undefined)
  if (found !== wanted) {
    say('chdb not found: getting it with npm, 550 MB')
    await install().catch((cause: unknown) => {
      throw new FleetError('service.failed', `chdb can't be installed: ${reasonOf(cause).split('\n')[0]}`, { cause })
    })
  }
  return join(ownFolder, 'node_modules/chdb/index.mjs')
}

/** Renamed into place, so that what is there is whole. */
const install = async (): Promise<void> => {
  const folder = `${ownFolder}.${process.pid}`
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  try {
    await cp(manifestFolder, folder, { recursive: true })
    // Not `npm ci`: the lockfile names the library of the platform that it was made on, on others npm adds theirs.
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder })
    await cp(join(manifestFolder, LOCK), join(folder, LOCK))
    await rm(ownFolder, { recursive: true, force: true })
    await rename(folder, ownFolder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
