import { FleetError, reasonOf } from '@fleetlake/core'
import yauzl from 'yauzl'
import type { Bytes } from './unpack.ts'

/** A file in an archive. */
export interface ZipMember {
  /** With its folders. */
  readonly name: string
  readonly open: (signal: AbortSignal) => Bytes
}

const MOST_MEMBERS = 1_000_000

const openZip = (path: string): Promise<yauzl.ZipFile> =>
  new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) =>
      error === null ? resolve(zip) : reject(error),
    )
  })

/**
 * The files of a zip archive in its order, hidden ones and those of macOS left out.
 * @throws FleetError `import.invalid` when the archive is damaged, or is encrypted
 */
export const zipMembers = async (path: string, name: string): Promise<{ members: ZipMember[]; close: () => void }> => {
  try {
    const zip = await openZip(path)
    const entries = await entriesOf(zip)
    return {
      members: entries
        .filter(isWanted)
        .map((entry) => ({ name: entry.fileName, open: (signal) => openEntry(zip, entry, { name, signal }) })),
      close: () => zip.close(),
    }
  } catch (error) {
    throw new FleetError('import.invalid', `${name} is not a whole zip archive: ${reasonOf(error)}`, { cause: error })
  }
}

const entriesOf = (zip: yauzl.ZipFile): Promise<yauzl.Entry[]> =>
  new Promise((resolve, reject) => {
    const entries: yauzl.Entry[] = []
    zip.on('error', reject)
    zip.on('end', () => resolve(entries))
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.push(entry)
      if (entries.length > MOST_MEMBERS) reject(new Error(`it has more than ${MOST_MEMBERS} files`))
      else zip.readEntry()
    })
    zip.readEntry()
  })

const isWanted = ({ fileName }: yauzl.Entry): boolean =>
  !fileName.endsWith('/') && !fileName.split('/').some((part) => part.startsWith('.') || part === '__MACOSX')

async function* openEntry(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  { name, signal }: { name: string; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted())
    throw new FleetError('import.invalid', `${name}/${entry.fileName} is encrypted: unpack it first`)
  try {
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(error))),
    )
    for await (const chunk of stream) {
      if (signal.aborted) return
      yield chunk as Buffer
    }
  } catch (error) {
    throw new FleetError('import.invalid', `${name}/${entry.fileName} is damaged: ${reasonOf(error)}`, { cause: error })
  }
}
