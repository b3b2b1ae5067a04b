import { cutText, FleetError } from '@fleetlake/core'
import { looksLikePositions } from '../../fields/looks-like-positions.ts'
import type { Input } from '../format.ts'
import { createJsonCutter } from './cut-json.ts'
import { isObject, type JsonObject, parseJsonRow } from './parse-json-row.ts'

/** Objects of a list whose names are looked at. */
const LOOKED_AT = 5
/** Members inside each other that are gone into. */
const MAX_LEVELS = 8
/** Lists that are named in an error. */
const MAX_NAMED = 10
/** Lists that are known at all: names may be those of vehicles. */
const MAX_LISTS = 1_000

/** A list with objects in a document. */
export interface RowList {
  readonly path: string
  /** Of its first objects; those of objects in them by their last part. */
  readonly names: ReadonlySet<string>
}

/**
 * The lists of a JSON document that have objects, in its order. The document is read as a whole, in flat memory; where it is malformed the lists before are given.
 */
export const findRowLists = async (input: Input, signal: AbortSignal): Promise<RowList[]> => {
  const lists = new Map<string, { names: Set<string>; looked: number }>()
  const cutter = createJsonCutter({
    decide: (path, kind) => {
      if (kind === 'array') return 'elements'
      return kind === 'object' && path.split('.').length <= MAX_LEVELS ? 'enter' : 'pass'
    },
    onRecord: ({ path, bytes, fault }) => {
      if (bytes[0] !== 0x7b) return
      const list = lists.get(path) ?? { names: new Set(), looked: 0 }
      if (list.looked === 0 && lists.size === MAX_LISTS) return
      lists.set(path, list)
      if (fault !== undefined || list.looked >= LOOKED_AT) return
      list.looked++
      const value = parseJsonRow(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
      if (isObject(value)) addNames(list.names, value, 1)
    },
  })
  try {
    for await (const chunk of input.read(0, signal)) cutter.write(chunk)
  } catch (error) {
    // Reading the rows says so.
    if (!(error instanceof FleetError)) throw error
  }
  return Array.from(lists, ([path, { names }]) => ({ path, names }))
}

const addNames = (names: Set<string>, object: JsonObject, level: number): void => {
  for (const [name, value] of Object.entries(object)) {
    if (isObject(value) && level < MAX_LEVELS) addNames(names, value, level + 1)
    else names.add(name)
  }
}

/**
 * The path of the list that rows are in: the only one whose objects look like positions, or the only one at all; undefined where there is none.
 * @throws FleetError `import.invalid` when it may be one of several
 */
export const pathOfRows = (lists: readonly RowList[]): string | undefined => {
  const likely = lists.filter(({ names }) => looksLikePositions([...names]))
  const found = likely.length > 0 ? likely : lists
  if (found.length <= 1) return found[0]?.path
  const named = found.slice(0, MAX_NAMED).map(({ path }) => cutText(path, 80))
  throw new FleetError(
    'import.invalid',
    `rows may be in ${named.join(', ')}${found.length > MAX_NAMED ? ', …' : ''}: say where they are with --path ${named[0]}`,
  )
}
