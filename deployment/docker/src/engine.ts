import { execFile } from 'node:child_process'
import { mkdir, copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What builds images, as its command line is called. */
export interface Engine {
  readonly name: string
  /** Words before the options of a build. */
  readonly build: readonly string[]
  /** Copies a file out of an image. */
  copyOut(image: string, path: string, target: string): Promise<void>
}

const words = async (command: string, ...args: string[]): Promise<string> => (await run(command, args)).stdout.trim()

const byContainer =
  (name: string): Engine['copyOut'] =>
  async (image, path, target) => {
    const container = await words(name, 'create', image)
    try {
      await words(name, 'cp', `${container}:${path}`, target)
    } finally {
      await words(name, 'rm', container)
    }
  }

const byMount: Engine['copyOut'] = async (image, path, target) => {
  const container = await words('buildah', 'from', image)
  try {
    await copyFile(join(await words('buildah', 'mount', container), path), target)
  } finally {
    await words('buildah', 'rm', container)
  }
}

// OCI's format has no HEALTHCHECK.
const DOCKER_FORMAT = ['--format', 'docker']

const ENGINES: readonly (Engine & { readonly proof: readonly string[] })[] = [
  { name: 'docker', proof: ['info'], build: ['build'], copyOut: byContainer('docker') },
  { name: 'podman', proof: ['info'], build: ['build', ...DOCKER_FORMAT], copyOut: byContainer('podman') },
  { name: 'buildah', proof: ['version'], build: ['build', ...DOCKER_FORMAT], copyOut: byMount },
]

/** The first that is here and works: a docker without its daemon does not. */
export const findEngine = async (): Promise<Engine | undefined> => {
  for (const { proof, ...engine } of ENGINES) {
    const works = await run(engine.name, [...proof], { timeout: 20_000 }).then(
      () => true,
      () => false,
    )
    if (works) return engine
  }
  return undefined
}

export const copyFileOut = async (engine: Engine, image: string, path: string, target: string): Promise<void> => {
  await mkdir(dirname(target), { recursive: true })
  await engine.copyOut(image, path, target)
}
