import { formatStreamMarks, parseStreamMarks, type StreamMark } from '@fleetlake/contracts'
import type { ObjectStore } from '../store/object-store.ts'

/** Beside the table `losses`; other engines pass over what begins with `_`. */
const FOLDER = '_fleetlake/marks/'

/** What one collector has seen of the streams. */
export interface MarkFile {
  readonly path: string
  readonly marks: readonly StreamMark[]
}

const pathOf = (writer: string): string => `${FOLDER}${writer}.json`

/** Invariant: marks lie where the archive is, so that they outlive the hub and those who read it. @param writer a collector's own name */
export const writeMarks = (store: ObjectStore, writer: string, marks: readonly StreamMark[]): Promise<void> =>
  store.put(pathOf(writer), new TextEncoder().encode(formatStreamMarks(marks)))

/** Those of all collectors, living or dead. A file that can't be read says nothing. */
export const readMarks = async (store: ObjectStore): Promise<MarkFile[]> => {
  const paths = await Array.fromAsync(store.list(FOLDER), ({ path }) => path)
  const files = await Promise.all(
    paths.map(async (path) => {
      const bytes = await store.get(path)
      return bytes === undefined ? [] : [{ path, marks: parseStreamMarks(new TextDecoder().decode(bytes)) ?? [] }]
    }),
  )
  return files.flat()
}
