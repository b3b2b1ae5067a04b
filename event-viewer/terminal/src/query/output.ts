import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { FleetError, printable } from '@fleetlake/core'
import type { Piece } from '@fleetlake/viewer-core'
import type { Stdout } from '../terminal/stdout.ts'

/** Where an answer goes. */
export interface Output {
  /** Resolves when more may be written. @throws FleetError `store.failed` */
  write(piece: Piece): Promise<void>
  /**
   * Ends it. Until then there is no file.
   * @param ending of the file's name, behind the one that was asked for
   * @returns the file's name, if it is one
   */
  keep(ending?: string): Promise<string | undefined>
  /** Leaves nothing behind. */
  discard(): Promise<void>
  /** Whether the reader has gone. */
  isClosed(): boolean
}

/** Pieces of a text as a terminal shows them; what ends within a character goes on in the next piece. */
export const printablePieces = (): ((piece: Piece) => string) => {
  const decoder = new TextDecoder()
  return (piece) => printable(typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }))
}

/** Standard output, byte for byte unless it is a terminal; a reader that has gone, such as `head`, is not a fault. */
export const standardOutput = ({ closed, fault }: Stdout): Output => {
  const shown = process.stdout.isTTY === true ? printablePieces() : undefined
  const write = async (piece: Piece): Promise<void> => {
    if (piece.length === 0 || closed.aborted) return
    await new Promise<void>((resolve) => process.stdout.write(shown?.(piece) ?? piece, () => resolve()))
    if (fault() !== undefined) throw unwritable(fault())
  }
  return { write, keep: async () => undefined, discard: async () => undefined, isClosed: () => closed.aborted }
}

export const unwritable = (cause: unknown): FleetError =>
  new FleetError('store.failed', "standard output can't be written", { cause })

/** A file that appears whole or not at all: it is written beside and renamed at the end. */
export const fileOutput = (path: string): Output => {
  const part = `${path}.${process.pid}.part`
  const file = createWriteStream(part)
  let fault: Error | undefined
  file.on('error', (error) => {
    fault = error
  })
  const check = (): void => {
    if (fault !== undefined) throw new FleetError('store.failed', `${path} can't be written`, { cause: fault })
  }
  return {
    write: async (piece) => {
      check()
      if (!file.write(piece) && fault === undefined) await once(file, 'drain').catch(() => undefined)
      check()
    },
    keep: async (ending = '') => {
      file.end()
      await finished(file).catch(() => undefined)
      check()
      await rename(part, path + ending)
      return path + ending
    },
    discard: async () => {
      file.destroy()
      await finished(file).catch(() => undefined)
      await rm(part, { force: true })
    },
    isClosed: () => false,
  }
}
