import { open } from 'node:fs/promises'
import type { Reused } from '@fleetlake/core'
import { throwIfAborted } from '../aborted.ts'
import type { Input } from './format.ts'

/** A file that is read at any place. */
export interface RandomFile {
  readonly size: number
  /**
   * @param room gives the bytes that are filled; they are the caller's own when missing
   * @throws RangeError for bytes that the file does not have
   */
  read(from: number, to: number, room?: Reused<Uint8Array>): Promise<Uint8Array>
  close(): Promise<void>
}

/** Reads reject with an `AbortError` when aborted. */
export const openRandomFile = async (input: Input, signal: AbortSignal): Promise<RandomFile> => {
  throwIfAborted(signal)
  const path = await input.file(signal)
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    return {
      size,
      read: async (from, to, room) => {
        throwIfAborted(signal)
        if (!(from >= 0 && to >= from && to <= size)) throw new RangeError('it ends too early')
        // Not filled with zeros first.
        const bytes = room?.(to - from) ?? new Uint8Array(Buffer.allocUnsafeSlow(to - from).buffer)
        for (let filled = 0; filled < bytes.length;) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled)
          if (bytesRead === 0) throw new RangeError('it was cut while it was read')
          filled += bytesRead
        }
        input.onRead?.(bytes.length)
        return bytes
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}
