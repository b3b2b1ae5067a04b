import { execFile } from 'node:child_process'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { provideMontevideo } from '@fleetlake/event-generator'
import { providePage } from '../../../../scripts/page/provide-page.ts'
import { root } from './read-compose.ts'

const run = promisify(execFile)

/** How `fleetlake <words>` is run. */
export interface Runner {
  /** What the image sets; `folder` holds what stands for the volumes. */
  imageEnvironment(folder: string): NodeJS.ProcessEnv
  /** Makes what an image has, or lets its user write into the folder. */
  prepare(folder: string): Promise<void>
  command(words: readonly string[], start: { folder: string; env: NodeJS.ProcessEnv }): Start
}

export interface Start {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

const PROGRAM = join(root, 'deployment/command/src/main.ts')

/** From the sources of this repository. */
export const fromSources: Runner = {
  imageEnvironment: (folder) => ({
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
    FLEET_GENERATOR_CITY_DIR: join(folder, 'city'),
  }),
  prepare: async (folder) => {
    await Promise.all([providePage(), provideMontevideo(join(folder, 'city'))])
  },
  command: (words, { env }) => ({ program: process.execPath, args: [PROGRAM, ...words], env }),
}

const USER = '10001:10001'

/**
 * As a container would: the image's root, read-only, in a mount namespace of its own, with /tmp fresh and the folder where it is; as the
 * image's user, without capabilities.
 */
const IN_ROOT = `set -e
root=$1 folder=$2
shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root$folder"
mount --bind "$folder" "$root$folder"
mount -o remount,ro,bind "$root"
exec setpriv --bounding-set -all,+sys_chroot,+setuid,+setgid --no-new-privs chroot --userspec=${USER} "$root" /usr/local/bin/fleetlake "$@"`

/** What the image sets, which no engine does here. */
const IMAGE_ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  NODE_ENV: 'production',
  NODE_COMPILE_CACHE: '/app/compiled',
  FLEET_GENERATOR_CITY_DIR: '/app/city',
}

const openForAll = async (folder: string): Promise<void> => {
  await run('chmod', ['-R', 'a+rX', folder])
  await chmod(folder, 0o755)
  await run('chown', ['-R', USER, join(folder, 'data')])
}

/** From an image that buildah has, which runs no containers of it here: needs root. */
const fromRoot = (imageRoot: string): Runner => ({
  imageEnvironment: () => IMAGE_ENVIRONMENT,
  prepare: openForAll,
  command: (words, { folder, env }) => ({
    program: 'unshare',
    args: ['--mount', 'sh', '-c', IN_ROOT, 'sh', imageRoot, folder, ...words],
    env,
  }),
})

const CONTAINED = [
  'run',
  '--rm',
  '--interactive',
  '--network=host',
  '--read-only',
  '--tmpfs=/tmp',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
]

/** From an image by an engine that runs containers, on the network of this machine. */
const fromContainers = (engine: string, image: string): Runner => ({
  imageEnvironment: () => ({}),
  prepare: openForAll,
  command: (words, { folder, env }) => ({
    program: engine,
    args: [
      ...CONTAINED,
      `--user=${USER}`,
      `--volume=${folder}:${folder}`,
      ...Object.entries(env).map(([name, value]) => `--env=${name}=${value}`),
      image,
      ...words,
    ],
    env: process.env,
  }),
})

/** @throws Error where the image can't be run, with the reason */
export const fromImage = async (
  engine: string,
  image: string,
): Promise<{ runner: Runner; release(): Promise<void> }> => {
  if (engine !== 'buildah') return { runner: fromContainers(engine, image), release: async () => undefined }
  if (process.getuid?.() !== 0) throw new Error('buildah runs no containers: an image of it can be tried by root only')
  const { stdout } = await run('buildah', ['from', '--pull-never', image])
  const container = stdout.trim()
  const mounted = await run('buildah', ['mount', container])
  return {
    runner: fromRoot(mounted.stdout.trim()),
    release: async () => {
      await run('buildah', ['rm', container])
    },
  }
}
