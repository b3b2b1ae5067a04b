import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What the page is made of, from the repository's root: files, and folders with all that is in them but tests. */
export const PAGE_INPUTS = [
  'event-viewer/web/api',
  'event-viewer/web/app',
  'event-viewer/web/public',
  'event-viewer/web/nuxt.config.ts',
  'event-viewer/web/package.json',
  'event-viewer/core',
  'event-estimator',
  'shared/columnar',
  'shared/core',
  'shared/contracts',
  'shared/broker',
  'shared/hub',
  'pnpm-lock.yaml',
]

const LEFT_OUT = /(^|\/)(node_modules|testing)(\/|$)|\.(test|bench)\.ts$/

/** Changes when anything does that the page is made of. */
export const hashPageInputs = async (root: string): Promise<string> => {
  const files = (await Promise.all(PAGE_INPUTS.map((path) => listFiles(root, path)))).flat().toSorted()
  const hash = createHash('sha256')
  for (const file of files) hash.update(`\0${file}\0`).update(await readFile(join(root, file)))
  return hash.digest('hex')
}

const listFiles = async (root: string, path: string): Promise<string[]> => {
  const info = await stat(join(root, path)).catch(() => undefined)
  if (info === undefined || LEFT_OUT.test(path)) return []
  if (!info.isDirectory()) return [path]
  const names = await readdir(join(root, path))
  return (await Promise.all(names.map((name) => listFiles(root, `${path}/${name}`)))).flat()
}
