import { glob, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { FleetError } from '@fleetlake/core'

/** A file that a person has named, or that lies in a folder which a person has named. */
export interface ListedFile {
  readonly path: string
  /** Bytes, as they are stored. */
  readonly size: number
  readonly mtimeMs: number
}

/** What reads standard input. */
export const STANDARD_INPUT = '-'

const isGlob = (text: string): boolean => /[*?[\]{}]/.test(text)
const isHidden = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') && part !== '.' && part !== '..')

const byPath = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * The files that paths, folders and globs name, each once: those of a folder with all below it, hidden ones left out, in the order of their paths.
 * @throws FleetError `usage.invalid` for a name without a file
 */
export const listFiles = async (names: readonly string[]): Promise<ListedFile[]> => {
  const listed = new Map<string, ListedFile>()
  for (const name of names) {
    const paths = await pathsOf(name)
    if (paths.length === 0) throw new FleetError('usage.invalid', `${name} names no file`)
    for (const path of paths) {
      if (listed.has(path)) continue
      const { size, mtimeMs } = await stat(path)
      listed.set(path, { path, size, mtimeMs })
    }
  }
  return [...listed.values()]
}

const pathsOf = async (name: string): Promise<string[]> => {
  const found = await stat(name).catch(() => undefined)
  if (found?.isDirectory() === true) return filesBelow(name)
  if (found !== undefined) return [name]
  if (!isGlob(name)) throw new FleetError('usage.invalid', `${name} can't be read: there is no such file`)
  const paths: string[] = []
  for await (const entry of glob(name, { withFileTypes: true })) {
    if (entry.isFile()) paths.push(join(entry.parentPath, entry.name))
  }
  return paths.toSorted(byPath)
}

const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !isHidden(path.slice(folder.length)))
    .toSorted(byPath)
}

/** A file's name for people: without its folder. */
export const nameOfFile = (path: string): string => basename(path)
