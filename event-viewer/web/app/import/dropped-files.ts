import { MOST_FILES } from '../../api/imports.ts'
import { type FoundFiles, isHidden, type NamedFile, nothingOfFolder, ofFolder, TOO_MANY } from './found-files.ts'

/** Folders and hidden files beside. */
const MOST_ENTRIES = 100_000

/** The files of a drop, those in folders too. Call it while the drop is handled, since its items are gone later. */
export const droppedFiles = ({ items }: Pick<DataTransfer, 'items'>): Promise<FoundFiles> => {
  const files: NamedFile[] = []
  const folders: FileSystemDirectoryEntry[] = []
  for (const item of items) {
    if (item.kind !== 'file') continue
    const entry = item.webkitGetAsEntry()
    const file = item.getAsFile()
    if (entry?.isDirectory === true) folders.push(entry as FileSystemDirectoryEntry)
    else if (file !== null) files.push({ name: file.name, file })
  }
  return folders.length === 0 ? Promise.resolve({ files, isFolder: false }) : withFolders(files, folders)
}

const withFolders = async (
  dropped: readonly NamedFile[],
  folders: readonly FileSystemDirectoryEntry[],
): Promise<FoundFiles> => {
  const files = [...dropped]
  const open = [...folders]
  let looked = 0
  try {
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      for await (const entry of entriesOf(folder)) {
        if (++looked > MOST_ENTRIES || files.length > MOST_FILES) return nothingOfFolder(TOO_MANY)
        if (isHidden(entry.name)) continue
        if (entry.isDirectory) open.push(entry as FileSystemDirectoryEntry)
        else files.push({ name: entry.fullPath.slice(1), file: await fileOf(entry as FileSystemFileEntry) })
      }
    }
  } catch (error) {
    return nothingOfFolder(`The folder can’t be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  return ofFolder(files)
}

/** A browser gives them a hundred at a time. */
async function* entriesOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader()
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (entries.length === 0) return
    yield* entries
  }
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject))

export const isOfFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
