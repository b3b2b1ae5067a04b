import { execFile } from 'node:child_process'
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'

const run = promisify(execFile)

export interface Prometheus {
  /** The server's program. */
  readonly server: string
  /** The program that checks configurations, and tests rules. */
  readonly promtool: string
}

/** The programs of Debian's package, when the machine has no Prometheus of its own. */
const ownFolder = fileURLToPath(new URL('../../.fleetlake/prometheus', import.meta.url))

/**
 * Finds Prometheus and promtool; on Debian and Ubuntu takes them from their package (19 MB) when this machine has none. They are put into this folder and not
 * installed, since installing starts a service.
 * @param say called with what is being done when it takes a while
 * @throws FleetError `service.failed` with what to do
 */
export const providePrometheus = async (say: (line: string) => void = () => {}): Promise<Prometheus> => {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin']
  for (const folder of folders) {
    const found = await programsIn(folder)
    if (found !== undefined) return found
  }
  const there = await programsIn(ownFolder)
  if (there !== undefined) return there
  if (!(await isThere('/usr/bin/apt-get'))) throw missing()
  say('Prometheus not found: getting it with apt, 19 MB')
  try {
    await unpackPackage()
  } catch (error) {
    throw missing(error)
  }
  const unpacked = await programsIn(ownFolder)
  if (unpacked === undefined) throw missing(new Error('the package has no program'))
  return unpacked
}

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

const programsIn = async (folder: string): Promise<Prometheus | undefined> => {
  const programs = { server: join(folder, 'prometheus'), promtool: join(folder, 'promtool') }
  const found = await Promise.all([isThere(programs.server), isThere(programs.promtool)])
  return found.every(Boolean) ? programs : undefined
}

/** Renamed into place, so that half of it is never started; of two at once the first one's stays. */
const unpackPackage = async (): Promise<void> => {
  await mkdir(dirname(ownFolder), { recursive: true })
  const folder = await mkdtemp(`${ownFolder}-`)
  try {
    const download = () => run('apt-get', ['download', '-qq', 'prometheus'], { cwd: folder })
    await download().catch(async (error: unknown) => {
      // Without root the package lists can't be refreshed: what apt knows must do.
      if (process.getuid?.() !== 0) throw error
      await run('apt-get', ['update', '-qq'])
      return download()
    })
    const file = (await readdir(folder)).find((name) => name.endsWith('.deb'))
    if (file === undefined) throw new Error('apt-get download left no package')
    await run('dpkg', ['-x', join(folder, file), join(folder, 'root')])
    await rename(join(folder, 'root/usr/bin'), ownFolder).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const missing = (cause?: unknown): FleetError =>
  new FleetError(
    'service.failed',
    'the tests of alarms and dashboards need prometheus and promtool, which are not installed. On Debian or Ubuntu: `sudo apt-get install prometheus`' +
      (cause === undefined ? '' : ` (apt said: ${reasonOf(cause).split('\n').at(-1)})`),
  )
