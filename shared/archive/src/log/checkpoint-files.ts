import { FleetError, periodOfDate } from '@fleetlake/core'
import { type AddedFile, type Chunk, chunkOf } from '../chunk.ts'
import { decodePath } from '../paths.ts'
import { type Group, type Leaf, leavesBelow, readLeaf, textOf } from './checkpoint-parquet.ts'
import type { IndexedDate } from './checkpoint-index.ts'
import { byCell, type DateFiles, totalsOf } from './files.ts'

/** A file that a checkpoint adds, its statistics not parsed yet. */
interface PackedAdd extends Pick<AddedFile, 'partitionValues' | 'size'> {
  /** UTF-8. */
  readonly path: Uint8Array
  readonly stats: Uint8Array | undefined
}

const unpack = ({ path, partitionValues, size, stats }: PackedAdd): Chunk =>
  chunkOf({ path: textOf(path), partitionValues, size, stats: stats && textOf(stats) })

/** Reads the maps of a column row by row. */
const createMapReader = (keys: Leaf, values: Leaf): (() => Record<string, string | null>) => {
  const texts = new Map<unknown, string>()
  // Of a dictionary, so that the same bytes come again and again.
  const textOnce = (bytes: unknown): string | null => {
    if (!(bytes instanceof Uint8Array)) return null
    const text = texts.get(bytes) ?? textOf(bytes)
    texts.set(bytes, text)
    return text
  }
  let entry = 0
  return () => {
    const map: Record<string, string | null> = {}
    do {
      const key = textOnce(keys.values[entry])
      if (key !== null) map[key] = textOnce(values.values[entry])
      entry++
    } while ((keys.repetitions[entry] ?? 0) > 0)
    return map
  }
}

const packedAdds = (group: Group): PackedAdd[] => {
  if (leavesBelow(group, 'add', 'path').length === 0) return []
  const { values: paths } = readLeaf(group, ['add', 'path'])
  if (paths.every((path) => path === undefined)) return []
  const { values: sizes } = readLeaf(group, ['add', 'size'])
  const hasStats = leavesBelow(group, 'add', 'stats').length > 0
  const stats = hasStats ? readLeaf(group, ['add', 'stats']).values : []
  const [keys, values] = leavesBelow(group, 'add', 'partitionValues').map((path) => readLeaf(group, path))
  const nextPartition = createMapReader(keys, values)
  return paths.flatMap((path, row): PackedAdd[] => {
    const partitionValues = nextPartition()
    if (!(path instanceof Uint8Array)) return []
    const size = Number(sizes[row])
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new FleetError('table.invalid', `the log adds "${textOf(path)}" with the size ${String(sizes[row])}`)
    }
    return [{ path, partitionValues, size, stats: stats[row] as Uint8Array | undefined }]
  })
}

/**
 * The files that a row group of a checkpoint adds, ours or another writer's, in its order.
 * @throws FleetError `table.invalid`, `cell.invalid`, `table.unsupported`; what the Parquet reader throws
 */
export const filesOfGroup = (group: Group): Chunk[] => packedAdds(group).map(unpack)

/** The paths of files that a row group adds with some of their rows left out. */
export const vectorsOfGroup = (group: Group): string[] => {
  const [leaf] = leavesBelow(group, 'add', 'deletionVector', 'storageType')
  if (leaf === undefined) return []
  const { values } = readLeaf(group, leaf)
  if (values.every((value) => value === undefined)) return []
  const { values: paths } = readLeaf(group, ['add', 'path'])
  return paths.flatMap((path, row) =>
    path instanceof Uint8Array && values[row] !== undefined ? [decodePath(textOf(path))] : [],
  )
}

/** The names of the files that a row group of a checkpoint of format 2 refers to. */
export const sidecarsOfGroup = (group: Group): string[] => {
  const [leaf] = leavesBelow(group, 'sidecar', 'path')
  if (leaf === undefined) return []
  return readLeaf(group, leaf).values.flatMap((path) => (path instanceof Uint8Array ? [textOf(path)] : []))
}

/** What a row group of ours adds, by date. */
type AddsByDate = ReadonlyMap<string | null | undefined, readonly PackedAdd[]>

/** Keeps the row group that was read last: searches ask for neighbouring dates, one after the other. */
export const createGroupReader = (): ((group: Group) => AddsByDate) => {
  let last: { readonly group: Group; readonly adds: AddsByDate } | undefined
  return (group) => {
    if (last?.group !== group) {
      last = { group, adds: Map.groupBy(packedAdds(group), ({ partitionValues }) => partitionValues['date']) }
    }
    return last.adds
  }
}

/** A date of a checkpoint of ours, whose files are read when they are asked for. */
export interface UnreadDate extends IndexedDate {
  readonly group: Group
}

const readDate = ({ group, date, files, bytes, rows }: UnreadDate, read: (group: Group) => AddsByDate): Chunk[] => {
  const chunks = (read(group).get(date) ?? []).map(unpack)
  const found = totalsOf(chunks)
  if (found.files === files && found.bytes === bytes && found.rows === rows) return chunks
  throw new FleetError('table.invalid', `the checkpoint does not hold the files of ${date} that its index lists`)
}

/** @param wrap makes what went wrong a FleetError */
export const lazyDate = (
  unread: UnreadDate,
  read: (group: Group) => AddsByDate,
  wrap: (error: unknown) => FleetError,
): DateFiles => {
  const { date, files, bytes, rows, hasForeignNames } = unread
  // Once it is read, its row group is not held here any more.
  let source: UnreadDate | undefined = unread
  let cells: DateFiles['cells'] = new Map()
  return {
    date,
    period: periodOfDate(date),
    totals: { files, bytes, rows },
    hasForeignNames,
    get cells() {
      if (source === undefined) return cells
      try {
        cells = byCell(readDate(source, read))
      } catch (error) {
        throw wrap(error)
      }
      source = undefined
      return cells
    },
  }
}
