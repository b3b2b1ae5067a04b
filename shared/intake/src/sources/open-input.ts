import { FleetError } from '@fleetlake/core'
import { throwIfAborted } from '../aborted.ts'
import type { Input } from '../formats/format.ts'
import { type ByteSource, headOf, type OnBytes, readFileFrom } from './byte-source.ts'
import { packingOf, refuseOthers, unpack } from './packings/packing.ts'
import type { Spool } from './spool.ts'
import { untilBroken } from './until-broken.ts'
import { asUtf8, wideEncodingOf } from './utf16.ts'
import { openZip, type ZipArchive } from './zip-members.ts'

/** An input, and what tells of it. */
export interface SourceInput extends Input {
  /** Where it is, with `/` between folders; of an archive's member the archive's path comes first. */
  readonly path: string
  /** Its first 64 KiB. */
  readonly head: Uint8Array
  /** Deletes the temporary file, if there is one. */
  close(): Promise<void>
}

export interface OpenContext {
  readonly spool: Spool
  readonly signal: AbortSignal
  /** Is told of what is read as it is stored, packed or not. */
  readonly onBytes?: OnBytes | undefined
}

/** A packed file in a packed file, and no further. */
const MOST_DEEP = 2

const invalid = (what: string): FleetError => new FleetError('import.invalid', what)

const WORKBOOK = 'xl/workbook.xml'
/** Archives that are files of their own, by one of their members; workbooks that are read are not among them. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  'xl/workbook.bin': 'a binary workbook',
  'word/document.xml': 'a document',
  'META-INF/manifest.xml': 'an OpenDocument file',
}

/** @throws FleetError `import.invalid` for an archive that is a document of another format */
const checkDocument = ({ firstPaths }: ZipArchive, name: string): void => {
  const found = firstPaths.find((path) => DOCUMENTS[path] !== undefined)
  if (found !== undefined) throw invalid(`${name} is ${DOCUMENTS[found]}: save its table as .xlsx or CSV`)
}

/** Beside the track of a KMZ lie its pictures. */
const isTrack = (archive: string, member: string): boolean => !/\.kmz$/i.test(archive) || /\.kml$/i.test(member)

async function* passOver(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of chunks) {
    if (left >= chunk.length) left -= chunk.length
    else {
      yield left === 0 ? chunk : chunk.subarray(left)
      left = 0
    }
  }
}

/** A file by what it is called where a person reads of it, and by where it is. */
export interface Named {
  readonly name: string
  readonly path: string
}

const inputOf = (
  source: ByteSource,
  head: Uint8Array,
  { name, path }: Named,
  { spool, onBytes }: OpenContext,
): SourceInput => {
  let spooled: Promise<string> | undefined
  let fault: FleetError | undefined
  return {
    name,
    path,
    head,
    fault: () => fault,
    size: source.size,
    ...(source.path === undefined || onBytes === undefined ? {} : { onRead: onBytes }),
    read: async function* (from, signal) {
      const file = source.path ?? (await spooled)
      if (source.path !== undefined && head.length === source.size) {
        // A small file was read as a whole already.
        throwIfAborted(signal)
        onBytes?.(head.length - from)
        if (from < head.length) yield head.subarray(from)
      } else if (file !== undefined)
        yield* readFileFrom(file, { from, signal, ...(source.path === undefined ? {} : { onBytes }) })
      else {
        const bytes = untilBroken(source.read(signal), (found) => {
          fault ??= found
        })
        yield* passOver(bytes, from)
      }
    },
    file: async (signal) => source.path ?? (await (spooled ??= spool.write(source.read(signal), name))),
    close: async () => {
      const file = await spooled?.catch(() => undefined)
      if (file !== undefined) await spool.remove(file)
    },
  }
}

/**
 * The inputs in a file: one, or one for each member of an archive. What is packed is told by its content, whatever its name is.
 * A fault of a member takes its place.
 * @throws FleetError `import.invalid` for a file that can't be unpacked
 */
export const openInputs = (
  source: ByteSource,
  named: Named,
  context: OpenContext,
): AsyncGenerator<SourceInput | FleetError> => inputsIn(source, named, 0, context)

async function* inputsIn(
  source: ByteSource,
  named: Named,
  depth: number,
  context: OpenContext,
): AsyncGenerator<SourceInput | FleetError> {
  const { name } = named
  const head = await headOf(source, context.signal)
  refuseOthers(head, name)
  const packing = packingOf(head)
  if (packing === undefined) {
    const encoding = wideEncodingOf(head, name)
    if (encoding === undefined) yield inputOf(source, head, named, context)
    else {
      const text = asUtf8(source, encoding)
      yield inputOf(text, await headOf(text, context.signal), named, context)
    }
    return
  }
  if (depth === MOST_DEEP) throw invalid(`${name} is packed more than ${MOST_DEEP} times: unpack it first`)
  if (packing === 'zip') yield* inputsInZip(source, head, named, depth, context)
  else {
    const unpacked: ByteSource = {
      size: undefined,
      read: (signal) => unpack(source.read(signal), { packing, name }),
    }
    yield* inputsIn(unpacked, named, depth + 1, context)
  }
}

async function* inputsInZip(
  source: ByteSource,
  head: Uint8Array,
  named: Named,
  depth: number,
  context: OpenContext,
): AsyncGenerator<SourceInput | FleetError> {
  const { name, path } = named
  const { spool, signal, onBytes } = context
  const file = source.path ?? (await spool.write(source.read(signal), name))
  const zip = await openZip(file, name, source.path === undefined ? undefined : onBytes)
  try {
    if (zip.firstPaths.includes(WORKBOOK)) {
      yield inputOf({ ...source, path: file }, head, named, context)
      return
    }
    checkDocument(zip, name)
    let count = 0
    for await (const member of zip.members()) {
      if (!isTrack(name, member.path)) continue
      count++
      if (member.source instanceof FleetError) yield member.source
      else
        yield* memberInputs(
          member.source,
          { name: `${name}/${member.path}`, path: `${path}/${member.path}` },
          depth,
          context,
        )
    }
    if (count === 0) throw invalid(`${name} has no files in it`)
  } finally {
    zip.close()
    if (source.path === undefined) await spool.remove(file)
  }
}

/** What is wrong with a member costs that member. */
async function* memberInputs(
  source: ByteSource,
  named: Named,
  depth: number,
  context: OpenContext,
): AsyncGenerator<SourceInput | FleetError> {
  try {
    yield* inputsIn(source, named, depth + 1, context)
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    yield error
  }
}
