import { type FileHandle, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { refusedLine, type RefusedRow, refusedRowOf } from '../importer.ts'

/** Refused rows of an import beside its record, until it is complete: what an import that goes on tells is of all its runs. */
export interface KeptRefusals {
  /** Those of the runs before that are kept, in their order. */
  earlier(): AsyncIterable<RefusedRow>
  add(row: RefusedRow): void
  /** What is kept so far. */
  extent(): KeptExtent
  /** Resolves once all that was added is in the file. */
  flush(): Promise<void>
  /** @param isOver nothing of it is wanted any more */
  close(isOver: boolean): Promise<void>
}

/** How much of the file a record speaks of: what lies behind it was read after the record was saved, and is read again. */
export interface KeptExtent {
  readonly rows: number
  readonly bytes: number
}

const NOTHING: KeptExtent = { rows: 0, bytes: 0 }
const MOST_BYTES = 64 * 1024 * 1024

/** For imports that can't be resumed. */
export const noRefusals: KeptRefusals = {
  earlier: async function* () {},
  add: () => undefined,
  extent: () => NOTHING,
  flush: async () => undefined,
  close: async () => undefined,
}

export interface KeptRefusalsOptions {
  /** Of the runs before: rows that were refused, and what is kept of them. */
  readonly before?: { readonly refused: number; readonly kept: KeptExtent } | undefined
  readonly mostBytes?: number
}

/** Invariant: the file has the first `rows` refused rows of the import, whole, and no more than the bound. */
export const openKeptRefusals = async (
  path: string,
  { before, mostBytes = MOST_BYTES }: KeptRefusalsOptions = {},
): Promise<KeptRefusals> => {
  const earlierKept = before !== undefined && (await sizeOf(path)) >= before.kept.bytes ? before.kept : NOTHING
  let file: FileHandle | undefined
  let { rows, bytes } = earlierKept
  let isFull = rows < (before?.refused ?? 0)
  let pending: Buffer[] = []
  let written = bytes

  const flush = async (): Promise<void> => {
    if (pending.length === 0) return
    file ??= await openAt(path, earlierKept.bytes)
    const all = Buffer.concat(pending)
    pending = []
    for (let at = 0; at < all.length;) at += (await file.write(all, at, all.length - at, written + at)).bytesWritten
    written += all.length
  }
  return {
    earlier: async function* () {
      if (earlierKept.bytes === 0) return
      const all = await readFile(path)
      for (let at = 0; at < earlierKept.bytes;) {
        const end = all.indexOf(LINE_FEED, at)
        const row = rowOfLine(all.toString('utf8', at, end))
        // Damaged: those behind it are counted as rows that are not kept.
        if (row === undefined) return
        yield row
        at = end + 1
      }
    },
    add: (row) => {
      if (isFull) return
      const line = Buffer.from(refusedLine(row))
      isFull = bytes + line.length > mostBytes
      if (isFull) return
      pending.push(line)
      rows++
      bytes += line.length
    },
    extent: () => ({ rows, bytes }),
    flush,
    close: async (isOver) => {
      await file?.close()
      if (isOver) await rm(path, { force: true })
    },
  }
}

const LINE_FEED = 10

const rowOfLine = (line: string): RefusedRow | undefined => {
  try {
    return refusedRowOf(line)
  } catch {
    return undefined
  }
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0

/** Without what lies behind. */
const openAt = async (path: string, bytes: number): Promise<FileHandle> => {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, bytes === 0 ? 'w+' : 'r+')
  await file.truncate(bytes)
  return file
}
