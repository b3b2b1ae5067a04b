import { FleetError } from '@fleetlake/core'
import { type Entry, openPromise, type ZipFile } from 'yauzl'

/** The members of a zip file, read one by one, in any order. */
export interface Zip {
  has(name: string): boolean
  /** The bytes of a member. @throws FleetError `import.invalid` where it is not there or damaged */
  read(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array>
  close(): void
}

const MAX_MEMBERS = 10_000

/**
 * @param file its path
 * @param name for people
 * @throws FleetError `import.invalid`
 */
export const openZip = async (file: string, name: string): Promise<Zip> => {
  const invalid = (cause: unknown): FleetError =>
    new FleetError('import.invalid', `${name}: this is no whole zip file, as workbooks are: ${messageOf(cause)}`)
  let zip: ZipFile
  const entries = new Map<string, Entry>()
  try {
    zip = await openPromise(file, { autoClose: false, lazyEntries: true })
  } catch (cause) {
    throw invalid(cause)
  }
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.size >= MAX_MEMBERS) throw new Error(`it has more than ${MAX_MEMBERS} members`)
      entries.set(entry.fileName, entry)
    }
  } catch (cause) {
    zip.close()
    throw invalid(cause)
  }
  return {
    has: (member) => entries.has(member),
    read: async function* (member, signal) {
      const entry = entries.get(member)
      if (entry === undefined) throw new FleetError('import.invalid', `${name}: its part ${member} is missing`)
      try {
        const stream = await zip.openReadStreamPromise(entry)
        try {
          for await (const bytes of stream) {
            signal.throwIfAborted()
            yield bytes as Uint8Array
          }
        } finally {
          stream.destroy()
        }
      } catch (cause) {
        if (signal.aborted || cause instanceof FleetError) throw cause
        throw invalid(cause)
      }
    },
    close: () => zip.close(),
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
