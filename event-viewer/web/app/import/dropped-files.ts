/** What of a drop can be imported. */
export interface DroppedFiles {
  readonly files: readonly File[]
  /** Names of folders, which a page is not given the files of. */
  readonly folders: readonly string[]
}

/** Call it while the drop is handled: later its items are gone. */
export const droppedFiles = ({ items, files }: Pick<DataTransfer, 'items' | 'files'>): DroppedFiles => {
  const folders = [...items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null
    return entry?.isDirectory === true ? [entry.name] : []
  })
  return { files: [...files].filter(({ name }) => !folders.includes(name)), folders }
}

export const isOfFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true

export const folderText = (folders: readonly string[]): string =>
  `${folders.map((name) => `“${name}”`).join(', ')} ${folders.length === 1 ? 'is a folder' : 'are folders'}: drop the files in it, or a zip of it.`
