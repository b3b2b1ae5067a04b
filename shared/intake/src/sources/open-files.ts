import { FleetError } from '@fleetlake/core'
import type { Format } from '../formats/format.ts'
import { detectFormat, formatNamed } from '../formats/formats.ts'
import type { OpenedInput } from '../job/opened-input.ts'
import type { ImportSettings } from '../settings.ts'
import { fileSource, readFileFrom, streamSource } from './byte-source.ts'
import { type ListedFile, listFiles, STANDARD_INPUT } from './list-files.ts'
import { type OpenContext, openInputs, type SourceInput } from './open-input.ts'
import type { OpenedFiles } from './opened-files.ts'
import { readHeads } from './read-head.ts'
import { shownNames } from './shown-names.ts'
import { createSpool } from './spool.ts'
import { parseVehiclePattern, type VehiclePattern } from './vehicle-pattern.ts'

/** How each input is taken. */
interface Taking {
  readonly formatOf: (head: Uint8Array, name: string) => Format
  readonly pattern: VehiclePattern | undefined
}

export interface OpenFilesOptions {
  readonly settings: Pick<ImportSettings, 'from' | 'vehicleIdFrom'>
  readonly signal: AbortSignal
  /** What the names name; looked for when missing. */
  readonly listed?: readonly ListedFile[] | undefined
  /** What `-` reads; the program's standard input when missing. */
  readonly standardInput?: AsyncIterable<Uint8Array> | undefined
}

/**
 * Opens what a person names, one file after the other.
 * @throws FleetError `usage.invalid` for names without files, for patterns and formats that can't be
 */
export const openFiles = async (
  names: readonly string[],
  { settings, signal, listed, standardInput }: OpenFilesOptions,
): Promise<OpenedFiles> => {
  if (names.includes(STANDARD_INPUT) && names.length > 1)
    throw new FleetError('usage.invalid', 'standard input (-) is imported alone: leave the other files out')
  const named = settings.from === undefined ? undefined : formatNamed(settings.from)
  const taking: Taking = {
    formatOf: (head, name) => named ?? detectFormat(head, name),
    pattern: settings.vehicleIdFrom === undefined ? undefined : parseVehiclePattern(settings.vehicleIdFrom),
  }
  const files = listed ?? (await listFiles(names, signal))
  const isRepeatable = files.every(({ isRegular }) => isRegular)
  const spool = createSpool()
  const progress = createProgress()

  async function* inputs(): AsyncGenerator<OpenedInput | FleetError> {
    const headOf = readHeads(files)
    const shown = shownNames(files.map(({ path }) => path))
    for (const [place, file] of files.entries()) {
      progress.begin(file.size)
      const head = headOf(place)
      yield* inputsOf({ ...file, name: shown[place] }, taking, {
        spool,
        signal,
        onBytes: progress.read,
        standardInput,
        head,
      })
      progress.end()
    }
  }
  return {
    files: files.length,
    bytes: isRepeatable ? files.reduce((sum, { size = 0 }) => sum + size, 0) : undefined,
    shape: isRepeatable ? files.map(({ path, size, mtimeMs }) => ({ path, size, mtimeMs })) : undefined,
    inputs: inputs(),
    bytesDone: progress.done,
    close: spool.close,
  }
}

/** Bytes of the files: what is read again is not counted again. */
const createProgress = () => {
  let [before, size, here] = [0, Infinity, 0]
  return {
    begin: (bytes: number | undefined): void => {
      size = bytes ?? Infinity
      here = 0
    },
    read: (bytes: number): void => {
      here = Math.min(size, here + bytes)
    },
    end: (): void => {
      before += Number.isFinite(size) ? size : here
      here = 0
    },
    done: (): number => before + here,
  }
}

async function* inputsOf(
  { path, name, size, isRegular }: ListedFile & { readonly name: string },
  taking: Taking,
  context: OpenContext & Pick<OpenFilesOptions, 'standardInput'> & { readonly head: Promise<Uint8Array> | undefined },
): AsyncGenerator<OpenedInput | FleetError> {
  const { standardInput = process.stdin, onBytes, head } = context
  const isInput = path === STANDARD_INPUT
  const source =
    isRegular && size !== undefined
      ? fileSource(path, { size, head, onBytes })
      : streamSource(isInput ? standardInput : readFileFrom(path, { from: 0, signal: context.signal }), onBytes)
  try {
    for await (const input of openInputs(source, { name, path: isInput ? name : path }, context)) {
      if (input instanceof FleetError) yield input
      else yield* taken(input, taking)
    }
  } catch (error) {
    yield faultOf(error, path)
  }
}

/** Its temporary file is deleted before the next one is made. */
async function* taken(input: SourceInput, { formatOf, pattern }: Taking): AsyncGenerator<OpenedInput | FleetError> {
  try {
    const found = pattern?.idOf(input.path)
    if (found !== undefined && 'fault' in found)
      yield new FleetError('import.invalid', `${found.fault}: say the id with --vehicle-id, or another pattern`)
    else yield { input, format: formatOf(input.head, input.name), vehicleId: found?.id }
  } catch (error) {
    yield faultOf(error, input.name)
  } finally {
    await input.close()
  }
}

/** What is wrong with a file; everything else is thrown. */
const faultOf = (error: unknown, path: string): FleetError => {
  if (error instanceof FleetError && error.code === 'import.invalid') return error
  if (error instanceof Error && 'syscall' in error)
    return new FleetError('import.invalid', `${path} can't be read: ${error.message}`)
  throw error
}
