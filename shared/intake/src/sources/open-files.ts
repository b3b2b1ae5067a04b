import { FleetError } from '@fleetlake/core'
import type { Format, Input } from '../formats/format.ts'
import { detectFormat, FORMATS, formatNamed } from '../formats/formats.ts'
import type { OpenedInput } from '../job/import-job.ts'
import type { ImportSettings } from '../settings.ts'
import { type IdOfPath, idPattern } from './id-pattern.ts'
import { createSpool, headOf, onceInput, plainInput, sequentialInput, type Spool } from './inputs.ts'
import { type ListedFile, listFiles, nameOfFile, STANDARD_INPUT } from './list-files.ts'
import type { OpenedFiles } from './opened-files.ts'
import { type Bytes, type Packing, packingOf, unpack } from './unpack.ts'
import { zipMembers } from './zip-members.ts'

/** Packings in packings: a zip of gzips. */
const MOST_LAYERS = 2

interface Opening {
  readonly spool: Spool
  readonly signal: AbortSignal
  readonly formatOf: (head: Uint8Array, name: string) => Format
  readonly idOf: IdOfPath | undefined
}

/**
 * Opens what a person names, one file after the other.
 * @throws FleetError `usage.invalid` for names without files, for patterns and formats that can't be
 */
export const openFiles = async (
  names: readonly string[],
  { settings, signal }: { readonly settings: ImportSettings; readonly signal: AbortSignal },
): Promise<OpenedFiles> => {
  if (names.includes(STANDARD_INPUT) && names.length > 1)
    throw new FleetError('usage.invalid', 'standard input (-) is imported alone')
  const isPipe = names[0] === STANDARD_INPUT
  const files = isPipe ? [] : await listFiles(names)
  const named = settings.from === undefined ? undefined : formatNamed(settings.from)
  const opening: Opening = {
    spool: createSpool(),
    signal,
    formatOf: (head, name) => named ?? detectFormat(head, name),
    idOf: settings.vehicleIdFrom === undefined ? undefined : idPattern(settings.vehicleIdFrom),
  }
  let done = 0
  let current = 0
  let currentSize = 0
  const onBytes = (bytes: number): void => {
    current = Math.min(currentSize, current + bytes)
  }

  async function* inputsOfFiles(): AsyncGenerator<OpenedInput | FleetError> {
    for (const file of files) {
      current = 0
      currentSize = file.size
      yield* inputsOf(file, { ...opening, onBytes })
      done += file.size
      current = 0
    }
  }
  return {
    files: isPipe ? 1 : files.length,
    bytes: isPipe ? undefined : files.reduce((sum, { size }) => sum + size, 0),
    shape: isPipe ? undefined : files,
    inputs: isPipe ? inputsOfPipe(opening) : inputsOfFiles(),
    bytesDone: () => done + current,
    close: opening.spool.close,
  }
}

async function* inputsOfPipe(opening: Opening): AsyncGenerator<OpenedInput | FleetError> {
  const input = onceInput(process.stdin, { name: 'standard input', spool: opening.spool })
  yield* opened(input, { ...opening, path: '', layers: 0 })
}

interface FileOpening extends Opening {
  readonly onBytes: (bytes: number) => void
}

async function* inputsOf({ path, size }: ListedFile, opening: FileOpening): AsyncGenerator<OpenedInput | FleetError> {
  const input = plainInput(path, { name: nameOfFile(path), size, onBytes: opening.onBytes })
  try {
    yield* opened(input, { ...opening, path, layers: 0 })
  } catch (error) {
    yield faultOf(error, path)
  }
}

interface Layered extends Opening {
  /** Of the file, for ids; of a member of an archive with the member's name. */
  readonly path: string
  readonly layers: number
}

/** An input as it is, or what is packed in it. */
async function* opened(input: Input, opening: Layered): AsyncGenerator<OpenedInput | FleetError> {
  const { signal, formatOf, idOf, path, layers } = opening
  const head = await headOf(input.read(0, signal))
  const packing = layers < MOST_LAYERS && !isFormatOfItsOwn(head, input.name) ? packingOf(head) : undefined
  if (packing === 'zip') return yield* membersOf(input, opening)
  if (packing !== undefined)
    return yield* opened(unpackedInput(input, packing, opening), { ...opening, layers: layers + 1 })
  yield { input, format: formatOf(head, input.name), ...(idOf === undefined ? {} : { vehicleId: idIn(path, idOf) }) }
}

const idIn = (path: string, idOf: IdOfPath): string => {
  const id = idOf(path)
  if (id === undefined || id === '')
    throw new FleetError('import.invalid', `${path} does not fit the pattern of --vehicle-id-from`)
  return id
}

/** A workbook is a zip archive, too. */
const isFormatOfItsOwn = (head: Uint8Array, name: string): boolean =>
  FORMATS.some((format) => format.name === 'xlsx' && format.sniff(head, name) === 2)

const unpackedInput = (input: Input, packing: Packing, { spool }: Layered): Input =>
  sequentialInput((signal) => unpack(input.read(0, signal), packing, input.name), { name: input.name, spool })

async function* membersOf(input: Input, opening: Layered): AsyncGenerator<OpenedInput | FleetError> {
  const { members, close } = await zipMembers(await input.file(opening.signal), input.name)
  try {
    for (const { name, open } of members) {
      const member = sequentialInput((signal): Bytes => open(signal), {
        name: `${input.name}/${name}`,
        spool: opening.spool,
      })
      try {
        yield* opened(member, { ...opening, path: `${opening.path}/${name}`, layers: opening.layers + 1 })
      } catch (error) {
        yield faultOf(error, member.name)
      }
    }
  } finally {
    close()
  }
}

const faultOf = (error: unknown, path: string): FleetError => {
  if (error instanceof FleetError && error.code === 'import.invalid') return error
  if (error instanceof Error && 'syscall' in error)
    return new FleetError('import.invalid', `${path} can't be read: ${error.message}`, { cause: error })
  throw error
}
