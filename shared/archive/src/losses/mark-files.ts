import { formatStreamMarks, parseStreamMarks, type StreamMark } from '@fleetlake/contracts'
import type { ObjectStore } from '../store/object-store.ts'

/** Beside the table `losses`; other engines pass over what begins with `_`. */
const FOLDER = '_fleetlake/marks/'

/**
 * Notes how far streams were seen filled. Invariant: marks lie where the archive is, so that they outlive the hub and those who read it; there are no more files than partitions, and
 * none is removed.
 * @param slot no two collectors that run at once have the same
 */
export const writeMarks = (store: ObjectStore, slot: number, marks: readonly StreamMark[]): Promise<void> =>
  store.put(`${FOLDER}${slot}.json`, new TextEncoder().encode(formatStreamMarks(marks)))

/** What all collectors, living or dead, have noted. A file that can't be read says nothing. */
export const readMarks = async (store: ObjectStore): Promise<StreamMark[]> => {
  const paths = await Array.fromAsync(store.list(FOLDER), ({ path }) => path)
  const files = await Promise.all(paths.map((path) => store.get(path)))
  return files.flatMap((bytes) =>
    bytes === undefined ? [] : (parseStreamMarks(new TextDecoder().decode(bytes)) ?? []),
  )
}
