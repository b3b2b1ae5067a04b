import { closeSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'

/** So much of an input is looked at to find out what it is. */
export const HEAD_BYTES: number = 64 * 1024

const roomFor = (size: number): Uint8Array => new Uint8Array(Math.min(HEAD_BYTES, size))

/** The first bytes of a file, `HEAD_BYTES` at most. @param size of the file */
export const readHead = async (path: string, size: number): Promise<Uint8Array> => {
  const file = await open(path)
  try {
    const head = roomFor(size)
    let filled = 0
    while (filled < head.length) {
      const { bytesRead } = await file.read(head, filled, head.length - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return head.subarray(0, filled)
  } finally {
    await file.close()
  }
}

/** The same at once: nothing else is done meanwhile. */
const readHeadNow = (path: string, size: number): Uint8Array => {
  const file = openSync(path, 'r')
  try {
    const head = roomFor(size)
    let filled = 0
    while (filled < head.length) {
      const bytesRead = readSync(file, head, filled, head.length - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return head.subarray(0, filled)
  } finally {
    closeSync(file)
  }
}

/** A disk that takes longer again and again, as one on the network does, is not quick. */
const QUICK_MS = 0.5
const MOST_SLOW = 8
const AHEAD = 16

interface HeadOf {
  readonly path: string
  readonly size: number | undefined
  readonly isRegular: boolean
}

/**
 * Reads the beginnings of many files. Of a quick disk each is read when it is asked for, at once: a small file is read in a tenth of the time that waiting for it would take. Of others some are read
 * ahead, while the one before is imported.
 * @returns what gives the beginning of the file at a place; places are asked for in ascending order, each once
 */
export const readHeads = (
  files: readonly HeadOf[],
  quickMs: number = QUICK_MS,
): ((place: number) => Promise<Uint8Array> | undefined) => {
  const begun = new Map<number, Promise<Uint8Array>>()
  let next = 0
  /** Files that took longer, less those since that did not. */
  let slow = 0
  const begin = (place: number): void => {
    const { path, size, isRegular } = files[place]
    if (!isRegular || size === undefined || begun.has(place)) return
    const head = readHead(path, size)
    // A fault is that of the one who asks for it.
    head.catch(() => undefined)
    begun.set(place, head)
  }
  const readNow = async (path: string, size: number): Promise<Uint8Array> => {
    const began = performance.now()
    try {
      return readHeadNow(path, size)
    } finally {
      slow = performance.now() - began < quickMs ? Math.max(0, slow - 1) : slow + 1
    }
  }
  return (place) => {
    const { path, size, isRegular } = files[place]
    if (slow < MOST_SLOW && isRegular && size !== undefined) return readNow(path, size)
    for (next = Math.max(next, place); next < Math.min(files.length, place + AHEAD); next++) begin(next)
    const head = begun.get(place)
    begun.delete(place)
    return head
  }
}
