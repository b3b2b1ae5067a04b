/**
 * What a disk holds after a power loss, made from what strace tells of a program's calls: of each file the bytes that it had when it was last synced, under the names
 * of the last sync of anything. That is how a journaling filesystem (ext4, XFS) may behave at its worst: what was written and not synced is gone, names come with the next sync of any
 * file, and a file that was never synced is empty.
 */
export interface SyncedFiles {
  /** Takes in one line of `strace -f -xx`. */
  take(line: string): void
  /** Path and contents of each file that is left. */
  files(): ReadonlyMap<string, Uint8Array>
  /** Bytes that were written and never synced. */
  lostBytes(): number
}

/** What to have strace tell. */
export const TRACED_CALLS =
  'openat,close,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate,lseek'

interface File {
  size: number
  synced: Buffer
  syncedSize: number
  /** Written, or cut, since the last sync, in this order. */
  pending: Change[]
}
type Change = { readonly at: number; readonly bytes: Uint8Array } | { readonly size: number }

interface Opened {
  /** Undefined for a folder. */
  readonly file: File | undefined
  readonly isAppended: boolean
  readonly isSynced: boolean
  position: number
}

/** What a sync that is under way will have made durable. */
interface Syncing {
  readonly file: File | undefined
  readonly changes: number
  readonly names: ReadonlyMap<string, File>
}

const CALL = /^\d+ +(?<name>\w+)\((?<args>.*)\) += (?<result>-?\d+)/s
const UNFINISHED = /^(?<pid>\d+) +(?<begun>\w+\(.*?),? *<unfinished \.\.\.>$/s
const RESUMED = /^(?<pid>\d+) +<\.\.\. \w+ resumed>(?<rest>.*)$/s

/** A text is written as `"\x2f\x74…"`. */
const textsOf = (args: string): Buffer[] =>
  [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) => Buffer.from(hex.replaceAll('\\x', ''), 'hex'))
const pathsOf = (args: string): string[] => textsOf(args).map(String)
const numberAt = (args: string, index: number): number => Number(args.split(',').at(index))

const put = (file: File, change: Change): void => {
  if ('size' in change) {
    if (change.size < file.syncedSize) file.synced.fill(0, change.size, file.syncedSize)
    file.syncedSize = change.size
    return
  }
  const end = change.at + change.bytes.length
  if (end > file.synced.length) {
    const grown = Buffer.alloc(2 * end)
    file.synced.copy(grown, 0, 0, file.syncedSize)
    file.synced = grown
  }
  file.synced.set(change.bytes, change.at)
  file.syncedSize = Math.max(file.syncedSize, end)
}

/**
 * @param folder what lies elsewhere is not looked at
 * @param before path and contents of what was there, and synced, before the program began
 */
export const createSyncedFiles = (folder: string, before: ReadonlyMap<string, Uint8Array> = new Map()): SyncedFiles => {
  const opened = new Map<number, Opened>()
  const begun = new Map<string, string>()
  const syncing = new Map<string, Syncing>()
  let names = new Map<string, File>(
    [...before].map(([path, bytes]) => [
      path,
      { size: bytes.length, synced: Buffer.from(bytes), syncedSize: bytes.length, pending: [] },
    ]),
  )
  let durable: ReadonlyMap<string, File> = new Map(names)

  const isInside = (path: string): boolean => path === folder || path.startsWith(`${folder}/`)
  const beginSync = (fd: number): Syncing | undefined => {
    const open = opened.get(fd)
    return open && { file: open.file, changes: open.file?.pending.length ?? 0, names: new Map(names) }
  }
  const endSync = (sync: Syncing | undefined): void => {
    if (sync === undefined) return
    for (const change of sync.file?.pending.splice(0, sync.changes) ?? []) put(sync.file!, change)
    durable = sync.names
  }
  const change = (fd: number, open: Opened, made: Change): void => {
    open.file!.pending.push(made)
    if (open.isSynced) endSync(beginSync(fd))
  }
  const write = (fd: number, args: string, { length, at }: { readonly length: number; readonly at?: number }): void => {
    const open = opened.get(fd)
    if (open?.file === undefined) return
    const { file } = open
    const from = at ?? (open.isAppended ? file.size : open.position)
    if (at === undefined) open.position = from + length
    file.size = Math.max(file.size, from + length)
    change(fd, open, { at: from, bytes: textsOf(args)[0].subarray(0, length) })
  }
  const open = (args: string, fd: number): void => {
    const [path] = pathsOf(args)
    opened.delete(fd)
    if (!isInside(path)) return
    const has = (flag: string): boolean => new RegExp(`\\b${flag}\\b`).test(args)
    let file = names.get(path)
    if (file === undefined && has('O_CREAT')) {
      file = { size: 0, synced: Buffer.alloc(0), syncedSize: 0, pending: [] }
      names.set(path, file)
    }
    const made = { file, isAppended: has('O_APPEND'), isSynced: has('O_SYNC') || has('O_DSYNC'), position: 0 }
    opened.set(fd, made)
    if (file !== undefined && file.size > 0 && has('O_TRUNC')) {
      file.size = 0
      change(fd, made, { size: 0 })
    }
  }
  const rename = (args: string): void => {
    const [from, to] = pathsOf(args)
    const moved = (path: string): string => {
      if (path === from) return to
      return path.startsWith(`${from}/`) ? to + path.slice(from.length) : path
    }
    const isMoved = (path: string): boolean => moved(path) !== path
    const [gone, kept] = [[...names].filter(([path]) => isMoved(path)), [...names].filter(([path]) => !isMoved(path))]
    names = new Map([...kept, ...gone.map(([path, file]) => [moved(path), file] as const)])
  }
  const cut = (args: string): void => {
    const [fd, size] = [numberAt(args, 0), numberAt(args, 1)]
    const one = opened.get(fd)
    if (one?.file === undefined) return
    one.file.size = size
    change(fd, one, { size })
  }

  const happen = (name: string, args: string, result: number): void => {
    if (result < 0) return
    switch (name) {
      case 'openat':
        return open(args, result)
      case 'close':
        return void opened.delete(numberAt(args, 0))
      case 'write':
        return write(numberAt(args, 0), args, { length: result })
      case 'pwrite64':
        return write(numberAt(args, 0), args, { length: result, at: numberAt(args, -1) })
      case 'lseek': {
        const one = opened.get(numberAt(args, 0))
        if (one !== undefined) one.position = result
        return
      }
      case 'ftruncate':
        return cut(args)
      case 'fsync':
      case 'fdatasync':
        return endSync(beginSync(numberAt(args, 0)))
      case 'rename':
      case 'renameat':
      case 'renameat2':
        return rename(args)
      case 'unlink':
      case 'unlinkat':
        return void names.delete(pathsOf(args)[0])
    }
  }

  const take = (line: string): void => {
    const unfinished = UNFINISHED.exec(line)?.groups
    if (unfinished !== undefined) {
      begun.set(unfinished['pid'], unfinished['begun'])
      // What is written while a sync is under way is not promised by it.
      const sync = /^f(?:data)?sync\((\d+)/.exec(unfinished['begun'])
      const at = sync === null ? undefined : beginSync(Number(sync[1]))
      if (at !== undefined) syncing.set(unfinished['pid'], at)
      return
    }
    const resumed = RESUMED.exec(line)?.groups
    if (resumed === undefined) {
      const call = CALL.exec(line)?.groups
      if (call !== undefined) happen(call['name'], call['args'], Number(call['result']))
      return
    }
    const { pid, rest } = resumed
    const sync = syncing.get(pid)
    const start = begun.get(pid)
    syncing.delete(pid)
    begun.delete(pid)
    if (sync !== undefined) {
      if (/= 0/.test(rest)) endSync(sync)
      return
    }
    if (start !== undefined) take(`${pid} ${start}${rest}`)
  }

  return {
    take,
    files: () => new Map([...durable].map(([path, { synced, syncedSize }]) => [path, synced.subarray(0, syncedSize)])),
    lostBytes: () =>
      [...names.values()].reduce(
        (total, { pending }) => total + pending.reduce((sum, one) => sum + ('bytes' in one ? one.bytes.length : 0), 0),
        0,
      ),
  }
}
