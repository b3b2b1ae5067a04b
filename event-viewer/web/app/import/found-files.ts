import { MOST_FILES } from '../../api/imports.ts'

/** A file, and what it is called in an import: in a folder its path from there. */
export interface NamedFile {
  readonly name: string
  readonly file: File
}

/** What of a drop or a choice can be imported. */
export interface FoundFiles {
  readonly files: readonly NamedFile[]
  /** They were in a folder: all of them are sent, or none. */
  readonly isFolder: boolean
  /** Why nothing of it can be sent, for people. */
  readonly fault?: string
}

export const TOO_MANY = `There are more than ${MOST_FILES.toLocaleString('en-US')} files in it: send a part of them, a zip, or use fleet import in a terminal.`

/** As a browser gives it: of a file of a folder with its path from there. */
interface ChosenFile extends File {
  readonly webkitRelativePath: string
}

/** The files that were chosen with a button, each by its own name or a whole folder. */
export const chosenFiles = (files: readonly ChosenFile[]): FoundFiles => {
  const isFolder = files.some(({ webkitRelativePath }) => webkitRelativePath !== '')
  if (!isFolder) return { files: files.map((file) => ({ name: file.name, file })), isFolder }
  return ofFolder(files.map((file) => ({ name: file.webkitRelativePath, file })).filter(({ name }) => !isHidden(name)))
}

/** What programs note for themselves, such as `.DS_Store`; an import in a terminal passes it over as well. */
export const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.'))

export const nothingOfFolder = (fault: string): FoundFiles => ({ files: [], isFolder: true, fault })

/** In the order of the names, as an import in a terminal has them. */
export const ofFolder = (files: readonly NamedFile[]): FoundFiles => {
  if (files.length === 0) return nothingOfFolder('There is no file in the folder.')
  if (files.length > MOST_FILES) return nothingOfFolder(TOO_MANY)
  return { files: files.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)), isFolder: true }
}
