import type { RandomFile } from '../random-file.ts'
import { bytesOfValues, createLeafDecoder, retireValues, type Values } from './decode.ts'
import { createPageSource, type Page } from './pages.ts'
import type { ColumnChunk } from './read-footer.ts'
import type { Leaf } from './schema.ts'
import type { Spares } from './spares.ts'

/** Unpacked values of all columns, which are held at once. */
export interface Room {
  /** @throws FleetError `import.invalid` when it is too much */
  hold(owner: object, bytes: number): void
}

export interface LeafOptions {
  readonly file: RandomFile
  readonly leaf: Leaf
  readonly chunk: ColumnChunk
  readonly readBytes: number
  readonly room: Room
  readonly spares: Spares
}

/** Some rows of a page. */
export interface Part {
  readonly values: Values
  readonly from: number
  readonly to: number
}

/** A column of a row group with one value a row at most. */
export interface LeafReader {
  pass(rows: number): Promise<void>
  /** The next rows, in as many parts as they have pages. */
  take(rows: number): Promise<readonly Part[]>
}

const missing = (leaf: Leaf): RangeError =>
  new RangeError(`its column ${leaf.path.join('.')} has fewer rows than its row group`)

export const createLeafReader = ({ leaf, room, spares, ...options }: LeafOptions): LeafReader => {
  const pages = createPageSource({ leaf, ...options })
  const decoder = createLeafDecoder(leaf, spares)
  let values: Values | undefined
  /** Those that the values may lie in. */
  let bytes: Uint8Array | undefined
  let [at, end] = [0, 0]
  /** Opens the next page, unless it has no more than `passed` rows: then it is passed over. @returns the rows that were passed over */
  const open = async (passed: number): Promise<number> => {
    const header = await pages.next()
    if (header === undefined) throw missing(leaf)
    if (header.kind === 'dictionary') decoder.takeDictionary(await header.unpack())
    else if (header.entries <= passed) {
      header.pass()
      return header.entries
    } else {
      const page = await header.unpack(spares.bytes)
      values = decoder.decode(page, true)
      bytes = page.values.bytes
      at = 0
      end = page.entries
      room.hold(decoder, decoder.held() + bytesOfValues(values))
    }
    return 0
  }
  return {
    pass: async (rows) => {
      for (let left = rows; left > 0;) {
        const here = Math.min(left, end - at)
        at += here
        left -= here
        if (left > 0) left -= await open(left)
      }
    },
    take: async (rows) => {
      spares.next()
      const parts: Part[] = []
      for (let left = rows; left > 0;) {
        const here = Math.min(left, end - at)
        if (here > 0) parts.push({ values: values!, from: at, to: at + here })
        at += here
        left -= here
        if (here > 0 && at === end) {
          retireValues(values!, spares)
          spares.retire(bytes!)
        }
        if (left > 0) await open(0)
      }
      return parts
    },
  }
}

/** Entries of a column of lists, with their levels. */
export interface Entries {
  readonly leaf: Leaf
  readonly repetitions: Int32Array
  readonly definitions: Int32Array
  /** Those that are there, as JavaScript has them. */
  readonly values: readonly unknown[]
}

export interface ListReader {
  pass(rows: number): Promise<void>
  take(rows: number): Promise<Entries>
}

/** Of a block. */
const MOST_ENTRIES = 1 << 22

/** @param valueOf a value that is there */
export const createListReader = (
  { leaf, room, spares, ...options }: LeafOptions,
  valueOf: (values: Values, i: number) => unknown,
): ListReader => {
  const pages = createPageSource({ leaf, ...options })
  const decoder = createLeafDecoder(leaf, spares)
  const { maxDefinition } = leaf
  let page: Page | undefined
  let values: Values | undefined
  /** The next entry and the next value of the page. */
  let [at, valueAt] = [0, 0]
  const open = async (): Promise<boolean> => {
    while (page === undefined || at >= page.entries) {
      const header = await pages.next()
      if (header === undefined) return false
      const next = await header.unpack()
      if (next.kind === 'dictionary') {
        decoder.takeDictionary(next)
        continue
      }
      page = next
      values = decoder.decode(page, false)
      at = 0
      valueAt = 0
      room.hold(decoder, decoder.held() + bytesOfValues(values) + 8 * page.entries)
    }
    return true
  }
  /** Calls for each entry of the next rows, which end where another row begins. */
  const each = async (rows: number, see: (repetition: number, definition: number) => void): Promise<void> => {
    for (let begun = 0; ;) {
      if (!(await open())) {
        if (begun < rows) throw missing(leaf)
        return
      }
      const { repetitions, definitions, entries } = page!
      for (; at < entries; at++) {
        const repetition = repetitions === undefined ? 0 : repetitions[at]
        if (repetition === 0 && ++begun > rows) return
        if (begun === 0) throw new RangeError(`its column ${leaf.path.join('.')} begins within a row`)
        const definition = definitions === undefined ? maxDefinition : definitions[at]
        see(repetition, definition)
        if (definition === maxDefinition) valueAt++
      }
    }
  }
  return {
    pass: (rows) => each(rows, () => {}),
    take: async (rows) => {
      const [repetitions, definitions, found]: [number[], number[], unknown[]] = [[], [], []]
      await each(rows, (repetition, definition) => {
        if (repetitions.length >= MOST_ENTRIES) throw new RangeError(`it has lists of more than ${MOST_ENTRIES} values`)
        repetitions.push(repetition)
        definitions.push(definition)
        if (definition === maxDefinition) found.push(valueOf(values!, valueAt))
      })
      return {
        leaf,
        repetitions: Int32Array.from(repetitions),
        definitions: Int32Array.from(definitions),
        values: found,
      }
    },
  }
}
