import { createHash } from 'crypto'
import { existsSync, readdirSync, readFileSync } from 'fs'
import { join } from 'path'

/** Everything that decides what is installed: when the hash changes, the installation is out of date. */
export const hashInputs = (root) => {
  const hash = createHash('sha256').update(process.platform + ' ' + process.arch)
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'].concat(listManifests(root))
  files.forEach((file) => hash.update('\0' + file + '\0').update(readFileSync(join(root, file))))
  return hash.digest('hex')
}

/** The package.json of every workspace package, sorted; reads the simple patterns (`a`, `a/b`, `a/*`) of the workspace file. */
export const listManifests = (root) => {
  const section = /^packages:\n((?: +.*\n|\n)*)/m.exec(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'))
  const patterns = (section === null ? '' : section[1])
    .split('\n')
    .map((line) =>
      line
        .replace(/^\s*-\s*/, '')
        .replace(/["']/g, '')
        .trim(),
    )
    .filter((pattern) => pattern !== '')
  const folders = patterns.reduce((found, pattern) => found.concat(expand(root, pattern)), [])
  return folders
    .map((folder) => folder + '/package.json')
    .filter((file) => existsSync(join(root, file)))
    .toSorted()
}

const expand = (root, pattern) => {
  if (!pattern.endsWith('/*')) return [pattern]
  const parent = pattern.slice(0, -2)
  return existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => parent + '/' + name) : []
}
