import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import manifest from '../package.json' with { type: 'json' }

/** Of the whole project: all packages carry the same. */
export const version: string = manifest.version

const root = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * The commit that a folder was made of: what an image has in the file `commit`, else what git says of a clone, with `-dirty` where files
 * differ from it; `unknown` where neither is known.
 */
export const readCommit = (folder = root): string => {
  try {
    return readFileSync(`${folder}/commit`, 'utf8').trim() || 'unknown'
  } catch {
    return existsSync(`${folder}/.git`) ? askGit(folder) : 'unknown'
  }
}

/** What `--version` tells. */
export const describeVersion = (folder = root): string => `${version} (commit ${readCommit(folder)})`

const askGit = (folder: string): string => {
  try {
    const args = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*']
    return execFileSync('git', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
