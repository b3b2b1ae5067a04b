import { existsSync } from 'node:fs'
import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FleetError } from '@fleetlake/core'
import { takeLock } from '../bootstrap/lock.mjs'
import { runNuxt } from './run-nuxt.ts'
import { hashPageInputs } from './page-inputs.ts'

export type PageDeps = {
  /** called with what is being done when it takes a while */
  say?: (line: string) => void
  /** ends a build; this then fails */
  signal?: AbortSignal
  root?: string
}

const repository = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Builds the page when what it is made of has changed since the last complete build, and else does nothing. Of two at once, one builds and
 * the other waits. A build is made beside its place and moved there when it is whole.
 * @returns the folder of the page
 * @throws FleetError `viewer.build-failed` with what the build said
 */
export const providePage = async ({ say = () => {}, signal, root = repository }: PageDeps = {}): Promise<string> => {
  const output = join(root, 'event-viewer/web/.output')
  const page = join(output, 'public')
  if ((await readStamp(output)) === (await hashPageInputs(root))) return page
  const lock = await takeLock(join(root, '.fleetlake/page.lock'), () => say('Waiting for another build of the page …'))
  try {
    signal?.throwIfAborted()
    // As it is now: what changes while it is built is built the next time.
    const inputs = await hashPageInputs(root)
    if ((await readStamp(output)) === inputs) return page
    say('Building the page, this is needed only when it has changed …')
    const startedAt = performance.now()
    await build(root, { inputs, onStart: lock.share, ...(signal === undefined ? {} : { signal }) })
    say(`Built the page in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
    return page
  } finally {
    lock.release()
  }
}

const stampOf = (output: string): string => join(output, 'page-inputs.sha256')

const readStamp = (output: string): Promise<string | undefined> =>
  readFile(stampOf(output), 'utf8').catch(() => undefined)

type Build = { inputs: string; onStart: (pid: number) => void; signal?: AbortSignal }

const build = async (root: string, { inputs, ...run }: Build): Promise<void> => {
  const web = join(root, 'event-viewer/web')
  const [output, fresh, old] = ['.output', '.output-next', '.output-last'].map((name) => join(web, name))
  await Promise.all([fresh, old].map((folder) => rm(folder, { recursive: true, force: true })))
  const { code, said } = await runNuxt(web, ['generate'], {
    env: { FLEET_WEB_BUILD_DIR: isPrepared(web) ? '.nuxt-next' : '.nuxt', FLEET_WEB_OUTPUT_DIR: '.output-next' },
    ...run,
  })
  await removeLink(join(web, 'dist'))
  run.signal?.throwIfAborted()
  if (code !== 0) {
    throw new FleetError('viewer.build-failed', `the page could not be built:\n${said}`)
  }
  await writeFile(stampOf(fresh), inputs)
  await rename(output, old).catch(ignoreAbsence)
  await rename(fresh, output)
  await rm(old, { recursive: true, force: true })
}

/** The page's tsconfig.json needs the one in .nuxt, which the first build makes; later ones leave that folder to `nuxt dev`. */
const isPrepared = (web: string): boolean => existsSync(join(web, '.nuxt/tsconfig.json'))

/** Nuxt leaves a link to what it built, wherever that went. */
const removeLink = async (path: string): Promise<void> => {
  const info = await lstat(path).catch(() => undefined)
  if (info?.isSymbolicLink() === true) await rm(path, { force: true })
}

const ignoreAbsence = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error
}
