import { crc32 } from 'node:zlib'
import { FleetError, reasonOf } from '@fleetlake/core'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import type { ByteSource, OnBytes } from './byte-source.ts'
import { type Packing, unpack } from './packings/packing.ts'
import { untilAborted } from './until-aborted.ts'

/** A file of a zip archive. */
export interface ZipMember {
  /** With `/` between folders. */
  readonly path: string
  /** What it can't be read for is a fault, which costs it alone. */
  readonly source: ByteSource | FleetError
}

const STORED = 0
const METHODS: Readonly<Record<number, Packing | 'deflate'>> = { 8: 'deflate', 12: 'bz2', 93: 'zst', 95: 'xz' }
/** Members that are looked at to find out what an archive is. */
const LOOKED_AT = 1_000
/** A name is so long at most, as a file's is. */
const MOST_NAME = 4_096

const invalid = (what: string): FleetError => new FleetError('import.invalid', what)

/** A zip archive that is open. */
export interface ZipArchive {
  /** The paths of its first members. */
  readonly firstPaths: readonly string[]
  /** Its files, but for hidden ones, in its order. */
  members(): AsyncIterable<ZipMember>
  close(): void
}

const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX')

const openAt = async (path: string, name: string): Promise<ZipFile> => {
  try {
    return await yauzl.openPromise(path, { autoClose: false, validateEntrySizes: false })
  } catch (error) {
    throw damagedOr(error, name)
  }
}

const damagedOr = (error: unknown, name: string): unknown =>
  error instanceof Error && !('syscall' in error) && !(error instanceof FleetError)
    ? invalid(`${name} is no zip archive that can be read: ${reasonOf(error)}`)
    : error

async function* entriesOf(zip: ZipFile, name: string): AsyncGenerator<Entry> {
  try {
    for await (const entry of zip.eachEntry()) yield entry
  } catch (error) {
    throw damagedOr(error, name)
  }
}

/**
 * @param name of the archive, for people
 * @throws FleetError `import.invalid` for one that is damaged
 */
export const openZip = async (path: string, name: string, onBytes?: OnBytes): Promise<ZipArchive> => {
  const first = await openAt(path, name)
  const firstPaths: string[] = []
  try {
    for await (const { fileName } of entriesOf(first, name)) {
      firstPaths.push(fileName)
      if (firstPaths.length === LOOKED_AT) break
    }
  } finally {
    first.close()
  }
  const zip = await openAt(path, name)
  return {
    firstPaths,
    members: async function* () {
      for await (const entry of entriesOf(zip, name)) {
        const { fileName } = entry
        if (fileName.endsWith('/') || isHidden(fileName)) continue
        yield { path: fileName, source: sourceOf(zip, entry, `${name}/${fileName}`, onBytes) }
      }
    },
    close: () => zip.close(),
  }
}

const sourceOf = (zip: ZipFile, entry: Entry, name: string, onBytes?: OnBytes): ByteSource | FleetError => {
  const { compressionMethod: method, uncompressedSize: size } = entry
  if (entry.fileName.length > MOST_NAME) return invalid(`${name.slice(0, 200)} … has too long a name`)
  if (entry.isEncrypted()) return invalid(`${name} is encrypted: unpack it first, with its password`)
  if (method !== STORED && METHODS[method] === undefined)
    return invalid(`${name} is packed in a way that is not known (method ${method}): unpack it first`)
  const packed = async function* (signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const stream = await zip.openReadStreamPromise(entry, { decodeFileData: false })
    for await (const chunk of untilAborted(stream as AsyncIterable<Uint8Array>, signal)) {
      onBytes?.(chunk.length)
      yield chunk
    }
  }
  const unpacked = (signal: AbortSignal): AsyncIterable<Uint8Array> =>
    method === STORED ? packed(signal) : unpack(packed(signal), { packing: METHODS[method], name })
  return {
    size,
    read: async function* (signal) {
      let [sum, total] = [0, 0]
      try {
        for await (const chunk of unpacked(signal)) {
          sum = crc32(chunk, sum)
          total += chunk.length
          if (total > size) break
          yield chunk
        }
      } catch (error) {
        throw damagedOr(error, name)
      }
      if (total !== size) throw invalid(`${name} is damaged: it has not the ${size} bytes that its archive says`)
      if (sum !== entry.crc32) throw invalid(`${name} is damaged: its checksum does not fit`)
    },
  }
}
