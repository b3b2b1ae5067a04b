import { execFile } from 'node:child_process'
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'

const run = promisify(execFile)

/** Programs of one Ceph: a monitor, a storage daemon and the S3 gateway, with what makes their first files. */
export const CEPH_PROGRAMS = [
  'ceph-authtool',
  'ceph-mon',
  'ceph-osd',
  'monmaptool',
  'osdmaptool',
  'radosgw',
  'radosgw-admin',
] as const

export type CephProgram = (typeof CEPH_PROGRAMS)[number]

export interface Ceph {
  /** Of a program. */
  path(program: CephProgram): string
  /** For its plugins; undefined where the system's own places are right. */
  readonly libraries: string | undefined
  /** What its programs need in their environment. */
  readonly env: NodeJS.ProcessEnv
}

/** Debian's packages unpacked here, when the machine has no Ceph of its own. */
const ownFolder = fileURLToPath(new URL('../../.fleetlake/ceph', import.meta.url))
const PACKAGES = ['radosgw', 'ceph-mon', 'ceph-osd']
/** What the packages ask for and these three daemons never run. */
const NEEDLESS =
  /^(python3|sudo$|lvm2|liblvm|dmeventd|libdevmapper|cryptsetup|parted|smartmon|nvme|xfsprogs|hdparm|gdisk)/
const MULTIARCH: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

/**
 * Finds Ceph's S3 gateway, a real server with conditional writes; on Debian and Ubuntu takes it from their packages (60 MB) when this
 * machine has none. They are unpacked into this folder and not installed, since installing them sets up system services.
 * @param say called with what is being done when it takes a while
 * @throws FleetError `service.failed` with what to do
 */
export const provideCeph = async (say: (line: string) => void = () => {}): Promise<Ceph> => {
  const system = await findOnPath()
  if (system !== undefined) return system
  if (!(await isThere(ownFolder))) {
    if (!(await isThere('/usr/bin/apt-get'))) throw missing()
    say('radosgw not found: getting it with apt, 60 MB')
    try {
      await unpackPackages()
    } catch (error) {
      throw missing(error)
    }
  }
  const multiarch = MULTIARCH[process.arch] ?? ''
  const libraries = join(ownFolder, 'usr/lib', multiarch)
  const folders = [libraries, join(libraries, 'ceph'), join(ownFolder, 'lib', multiarch)]
  return {
    path: (program) => join(ownFolder, 'usr/bin', program),
    libraries,
    env: { ...process.env, LD_LIBRARY_PATH: folders.join(delimiter) },
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

const findOnPath = async (): Promise<Ceph | undefined> => {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin']
  for (const folder of folders) {
    const found = await Promise.all(CEPH_PROGRAMS.map((program) => isThere(join(folder, program))))
    if (found.every(Boolean)) {
      return { path: (program) => join(folder, program), libraries: undefined, env: process.env }
    }
  }
  return undefined
}

/** The packages and what they need that this machine has not. */
const listPackages = async (): Promise<string[]> => {
  const { stdout } = await run('apt-get', ['install', '-s', '-y', '--no-install-recommends', ...PACKAGES])
  return [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name).filter((name) => !NEEDLESS.test(name))
}

/** Renamed into place, so that half of it is never started; of two at once the first one's stays. */
const unpackPackages = async (): Promise<void> => {
  await mkdir(join(ownFolder, '..'), { recursive: true })
  const folder = await mkdtemp(`${ownFolder}-`)
  try {
    const names = await listPackages().catch(async () => {
      // Without root the package lists can't be refreshed: what apt knows must do.
      if (process.getuid?.() === 0) await run('apt-get', ['update', '-qq'])
      return listPackages()
    })
    const download = () => run('apt-get', ['download', '-qq', ...names], { cwd: folder })
    await download().catch(async (error: unknown) => {
      if (process.getuid?.() !== 0) throw error
      await run('apt-get', ['update', '-qq'])
      return download()
    })
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', join(folder, file), join(folder, 'root')])
    }
    await rename(join(folder, 'root'), ownFolder).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const missing = (cause?: unknown): FleetError =>
  new FleetError(
    'service.failed',
    'the tests of S3 need radosgw, ceph-mon and ceph-osd, which are not installed. On Debian or Ubuntu: ' +
      '`sudo apt-get install --no-install-recommends radosgw ceph-mon ceph-osd`' +
      (cause === undefined ? '' : ` (apt said: ${reasonOf(cause).split('\n').at(-1)})`),
  )

/** The end of a log, for a message. */
export const lastLines = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').slice(-3).join('; ')
