import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { FleetError } from '@fleetlake/core'

/** Where the text of an answer goes. */
export interface TextOutput {
  /** Resolves when more may be written. @throws FleetError `store.failed` */
  write(text: string): Promise<void>
  /**
   * Ends the text. Until then there is no file.
   * @param ending of the file's name, behind the one that was asked for
   * @returns the file's name, if it is one
   */
  keep(ending?: string): Promise<string | undefined>
  /** Leaves nothing behind. */
  discard(): Promise<void>
  /** Whether nobody reads any more. */
  isClosed(): boolean
}

/** Standard output; a reader that has gone, such as `head`, is no fault. */
export const standardOutput = (onClosed: () => void): TextOutput => {
  let isClosed = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    isClosed = true
    onClosed()
  })
  const write = async (text: string): Promise<void> => {
    if (text === '' || isClosed) return
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()))
  }
  return { write, keep: async () => undefined, discard: async () => undefined, isClosed: () => isClosed }
}

/** A file that appears whole or not at all: it is written beside and renamed at the end. */
export const fileOutput = (path: string): TextOutput => {
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
    write: async (text) => {
      check()
      if (!file.write(text) && fault === undefined) await once(file, 'drain').catch(() => undefined)
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
