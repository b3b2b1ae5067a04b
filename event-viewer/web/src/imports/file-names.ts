import { rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FleetError } from '@fleetlake/core'
import { MOST_FILES } from '../../api/imports.ts'

/** What files of an import are called: by their names, in a folder by their paths from there, with slashes. */

const MOST_CHARACTERS = 1_000
const PART = /^(?!\.)[^/\\\0]{1,255}$/

/** What an import has already, or will have. */
interface Names {
  readonly files: { readonly size: number; has(name: string): boolean }
  readonly arriving: { readonly size: number; has(name: string): boolean }
}

/** @throws FleetError `import.invalid` */
export const checkNewName = (name: string, { files, arriving }: Names): void => {
  // A dash alone means standard input.
  if (name.length > MOST_CHARACTERS || !name.split('/').every((part) => PART.test(part)) || name === '-')
    throw new FleetError(
      'import.invalid',
      `the name of the file, and of each folder before it, has to be 1 to 255 characters without \\, and not begin with a dot; all together ${MOST_CHARACTERS} at most`,
    )
  if (files.has(name) || arriving.has(name))
    throw new FleetError('import.invalid', `there are two files with the name ${name}: rename one`)
  if (files.size + arriving.size >= MOST_FILES)
    throw new FleetError(
      'import.invalid',
      `an import from the page has at most ${MOST_FILES} files: use \`fleet import\` in a terminal for more`,
    )
}

/** A file and a folder can't have one name. */
const CLASHES: ReadonlySet<string | undefined> = new Set(['EEXIST', 'ENOTDIR', 'EISDIR'])

/** What went wrong with a file that was to be made, for people. */
export const fileFaultOf = (error: unknown, name: string): unknown => {
  const { code } = error as NodeJS.ErrnoException
  if (CLASHES.has(code))
    return new FleetError('import.invalid', `${name} is in the way of another file or folder: rename one`)
  return code === 'ENAMETOOLONG'
    ? new FleetError('import.invalid', `the name ${name} is too long for the viewer's disk: rename it`)
    : error
}

/** Removes the folders of a name that nothing is in any more. @param root stays */
export const removeEmptyFolders = async (root: string, name: string): Promise<void> => {
  for (let folder = dirname(name); folder !== '.'; folder = dirname(folder)) {
    try {
      await rmdir(join(root, folder))
    } catch {
      return
    }
  }
}
