import { type Chunk, chunkOf } from '../chunk.ts'
import { type Group, type Leaf, leavesBelow, readLeaf } from './checkpoint-parquet.ts'

/** Calls back for each entry of a map column that belongs to a row, and stands at the next row afterwards. */
const createMapReader = (keys: Leaf, values: Leaf): (() => Record<string, string | null>) => {
  let entry = 0
  return () => {
    const map: Record<string, string | null> = {}
    do {
      const key = keys.values[entry]
      if (typeof key === 'string') map[key] = (values.values[entry] as string | undefined) ?? null
      entry++
    } while ((keys.repetitions[entry] ?? 0) > 0)
    return map
  }
}

/**
 * The files that a row group of a checkpoint adds, ours or another writer's, in its order.
 * @throws FleetError `table.invalid`, `cell.invalid`, `table.unsupported` for a file that makes no sense; what the Parquet reader throws
 */
export const filesOfGroup = (group: Group): Chunk[] => {
  const { values: paths } = readLeaf(group, ['add', 'path'])
  if (paths.every((path) => path === undefined)) return []
  const { values: sizes } = readLeaf(group, ['add', 'size'])
  const hasStats = leavesBelow(group, 'add', 'stats').length > 0
  const stats = hasStats ? readLeaf(group, ['add', 'stats']).values : []
  const [keys, values] = leavesBelow(group, 'add', 'partitionValues').map((path) => readLeaf(group, path))
  const nextPartition = createMapReader(keys, values)
  return paths.flatMap((path, row) => {
    const partitionValues = nextPartition()
    if (typeof path !== 'string') return []
    return [chunkOf({ path, partitionValues, size: Number(sizes[row]), stats: stats[row] as string | undefined })]
  })
}
