import { utimes, writeFile } from 'node:fs/promises'
import { url as debuggerUrl } from 'node:inspector'
import { reasonOf } from '@fleetlake/core'

/** What a service tells its parent over the IPC channel each second once it is ready: its event loop runs. */
export type AliveMessage = {
  alive: true
  /** a debugger may stop the loop at any time */
  isDebugged: boolean
}

const everyMs = 1_000

/** One at a time, so that a parent that takes none is not sent an endless row of them. */
export const beatToParent = (): void => {
  let isUnderWay = false
  const beat = (): void => {
    if (isUnderWay || !process.connected) return
    isUnderWay = true
    const message: AliveMessage = { alive: true, isDebugged: debuggerUrl() !== undefined }
    process.send?.(message, undefined, undefined, () => {
      isUnderWay = false
    })
  }
  setInterval(beat, everyMs).unref()
}

/** A probe looks at how old the file is (docs/durability.md). */
export const beatIntoFile = (file: string, warn: (fault: string) => void): void => {
  let isUnderWay = false
  let hasFailed = false
  const beat = async (): Promise<void> => {
    if (isUnderWay) return
    isUnderWay = true
    try {
      const now = new Date()
      await utimes(file, now, now).catch(() => writeFile(file, ''))
      hasFailed = false
    } catch (error) {
      if (!hasFailed) warn(`the heartbeat file can't be written, probes will fail: ${reasonOf(error)}`)
      hasFailed = true
    } finally {
      isUnderWay = false
    }
  }
  void beat()
  setInterval(() => void beat(), everyMs).unref()
}
