import { glob, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { FleetError } from '@fleetlake/core'
import { throwIfAborted } from '../aborted.ts'

/** A file that a person has named, or that lies in a folder that one has named. */
export interface ListedFile {
  /** As it can be opened; `-` for standard input. */
  readonly path: string
  /** Bytes; undefined for pipes. */
  readonly size: number | undefined
  readonly mtimeMs: number
  /** Whether it is a file on a disk, which can be read at any place and again. */
  readonly isRegular: boolean
}

export const STANDARD_INPUT = '-'

/** Open folders and files at once. */
const CONCURRENT = 64
const PATTERN = /[*?[{]/

const usage = (what: string, cause?: unknown): FleetError =>
  new FleetError('usage.invalid', what, cause === undefined ? {} : { cause })

/** By code units, so that the order is that of no language, and is the same everywhere. */
const byPath = (a: ListedFile, b: ListedFile): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)

const isHidden = (name: string): boolean => name.startsWith('.')

/** What the work comes to, a bounded number of them at once, in their order. */
const mapSome = async <From, To>(all: readonly From[], work: (each: From) => Promise<To>): Promise<To[]> => {
  const results: To[] = Array.from({ length: all.length })
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < all.length) {
      const i = next++
      results[i] = await work(all[i])
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENT, all.length) }, worker))
  return results
}

/** The files below a folder; links to folders are not followed, since they may lead in circles. */
const walk = async (folder: string, signal: AbortSignal): Promise<ListedFile[]> => {
  const files: string[] = []
  let folders = [folder]
  while (folders.length > 0) {
    throwIfAborted(signal)
    const entries = await mapSome(folders, (each) => readFolder(each))
    folders = []
    for (const { path, isFolder } of entries.flat()) (isFolder ? folders : files).push(path)
  }
  const found = await mapSome(files, async (path) => fileAt(path).catch(goneOrThrow))
  return found.filter((file) => file?.isRegular === true) as ListedFile[]
}

/** What was deleted after its folder was read, and a link that leads nowhere, is no file of the folder. */
const goneOrThrow = (error: unknown): undefined => {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}

const readFolder = async (folder: string): Promise<{ readonly path: string; readonly isFolder: boolean }[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => !isHidden(entry.name) && (entry.isDirectory() || entry.isFile() || entry.isSymbolicLink()))
      .map((entry) => ({ path: join(folder, entry.name), isFolder: entry.isDirectory() }))
  } catch (cause) {
    throw usage(`the folder ${folder} can't be read`, cause)
  }
}

/** @returns undefined for a folder */
const fileAt = async (path: string): Promise<ListedFile | undefined> => {
  const stats = await stat(path)
  if (stats.isDirectory()) return undefined
  const isRegular = stats.isFile()
  return { path, size: isRegular ? stats.size : undefined, mtimeMs: stats.mtimeMs, isRegular }
}

const standardInput: ListedFile = { path: STANDARD_INPUT, size: undefined, mtimeMs: 0, isRegular: false }

const listPattern = async (pattern: string, signal: AbortSignal): Promise<ListedFile[]> => {
  const paths: string[] = []
  for await (const path of glob(pattern)) {
    throwIfAborted(signal)
    paths.push(path)
  }
  const found = await mapSome(paths, async (path) => {
    const file = await fileAt(path)
    return file === undefined ? walk(path, signal) : [file]
  })
  if (paths.length === 0) throw usage(`no file fits to ${pattern}`)
  return found.flat().toSorted(byPath)
}

/**
 * One named thing: a file or a folder with this very name, else a pattern.
 * @throws FleetError `usage.invalid`
 */
const listOne = async (named: string, signal: AbortSignal): Promise<ListedFile[]> => {
  if (named === STANDARD_INPUT) return [standardInput]
  if (named === '') throw usage('the name of a file is empty')
  let file: ListedFile | undefined
  try {
    file = await fileAt(named)
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    if (isMissing && PATTERN.test(named)) return listPattern(named, signal)
    throw isMissing ? usage(`there is no file ${named}`) : usage(`${named} can't be read`, cause)
  }
  if (file !== undefined) return [file]
  const files = await walk(named, signal)
  if (files.length === 0) throw usage(`there is no file in the folder ${named}`)
  return files.toSorted(byPath)
}

/**
 * The files that a person has named: paths, patterns (`*`, `?`, `[…]`, `{…}`, `**`), folders with all that is below them but for what is hidden, and `-` for standard input.
 * In the order of the names, within a pattern or a folder by path; a file that is named twice is there once.
 * @throws FleetError `usage.invalid` for a name that no file has
 */
export const listFiles = async (
  named: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly ListedFile[]> => {
  const seen = new Set<string>()
  const files: ListedFile[] = []
  for (const each of named) {
    for (const file of await listOne(each, signal)) {
      const key = file.path === STANDARD_INPUT ? file.path : resolve(file.path)
      if (seen.has(key)) continue
      seen.add(key)
      files.push(file)
    }
  }
  return files
}
