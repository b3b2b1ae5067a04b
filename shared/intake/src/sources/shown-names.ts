import { dirname, isAbsolute, normalize, relative } from 'node:path'
import { STANDARD_INPUT } from './list-files.ts'

/** The folder that all of them lie in, however deep. */
const sharedFolder = (paths: readonly string[]): string => {
  const folders = paths.map(dirname)
  let [folder] = folders
  for (const other of folders) {
    while (other !== folder && !other.startsWith(`${folder}/`) && folder !== '/') folder = dirname(folder)
  }
  return folder
}

/**
 * What files are called where a person reads of them: by their paths as they were named, or, when all of these are absolute, from the folder on that all of them share. Invariant:
 * files at different places are called differently.
 */
export const shownNames = (paths: readonly string[]): readonly string[] => {
  const normal = paths.map((path) => (path === STANDARD_INPUT ? 'standard input' : normalize(path)))
  if (normal.length === 0 || !normal.every(isAbsolute)) return normal
  const folder = sharedFolder(normal)
  return normal.map((path) => relative(folder, path))
}
