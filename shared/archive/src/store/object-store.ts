import { FleetError } from '@fleetlake/core'

/** A stretch of bytes of an object. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

export interface ObjectInfo {
  readonly path: string
  readonly size: number
  readonly modifiedMs: number
}

/**
 * Where a table lives: objects by path, segments parted by `/`, no leading `/`, no `.` or `..`. An object is either
 * wholly there or not at all, and is there for every reader once its writer has got its answer.
 * Every method rejects with FleetError `store.failed` when the store can't do it.
 */
export interface ObjectStore {
  /** How many reads at once keep it busy: few of a disk, more where each is a journey. */
  readonly readsAtOnce: number
  /**
   * Creates an object. Invariant: of all writers to one path, whenever and wherever they run, at most one gets 'created'.
   * Durable once it has resolved. When it rejects, the outcome is unknown.
   */
  putIfAbsent(path: string, bytes: Uint8Array): Promise<'created' | 'exists'>
  /** Writes an object, in place of one that is there; readers see the old one or the new one, whole. Durable once it resolves. */
  put(path: string, bytes: Uint8Array): Promise<void>
  /** The object, or the part of it that lies in the range; undefined when there is none. */
  get(path: string, range?: ByteRange): Promise<Uint8Array | undefined>
  /** Bytes; undefined when there is none. */
  size(path: string): Promise<number | undefined>
  /**
   * The objects whose paths begin with `prefix`, by path in the order of their UTF-8 bytes.
   * @param options.after only paths beyond this one
   */
  list(prefix: string, options?: { readonly after?: string }): AsyncIterable<ObjectInfo>
  /** Deletes an object; one that is not there is no fault. */
  delete(path: string): Promise<void>
  /** Removes what writers left that died before they were done, which is part of no object; returns how many. @param olderThanMs age, ms */
  removeStrayFiles(olderThanMs: number): Promise<number>
  /** What a scan (polars, DuckDB) opens: a path of the filesystem or a URL. */
  url(path: string): string
  /** What polars needs to open it (`cloudOptions`); valid for some minutes, since credentials may be. Empty for a filesystem. */
  scanOptions(): Promise<Readonly<Record<string, string>>>
}

/** Refuses paths that could leave the store; logs come from other programs too. @throws FleetError `table.invalid` */
export const checkObjectPath = (path: string): void => {
  const segments = path.split('/')
  if (path.includes('\0') || path.includes('\\') || segments.some((s) => s === '' || s === '.' || s === '..')) {
    throw new FleetError('table.invalid', `"${path}" is not a path within the table`)
  }
}
