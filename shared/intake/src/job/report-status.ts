import { type Message, subjects } from '@fleetlake/contracts'
import { printableInLine } from '@fleetlake/core'
import type { Hub } from '@fleetlake/hub'
import type { ImportProgress } from '../importer.ts'

/** Tells pages how far an import has come. */
export interface StatusReporter {
  /** Told often; sent each second. */
  tell(progress: () => ImportProgress): void
  /** Sends the last word. */
  end(progress: ImportProgress, error?: string): void
}

const EVERY_MS = 1_000
const MOST_CHARACTERS = 200

export interface ReporterOptions {
  readonly job: string
  /** Of the first file. */
  readonly name: string
  readonly startedAtMs: number
  readonly nowMs: () => number
}

export const createStatusReporter = (hub: Hub, { job, name, startedAtMs, nowMs }: ReporterOptions): StatusReporter => {
  let sentMs = -Infinity
  const send = (progress: ImportProgress, error?: string): void => {
    const { bytes, note, ...rest } = progress
    const status: Message<'importStatus'> = {
      job,
      name: printableInLine(name).slice(-MOST_CHARACTERS),
      startedAt: new Date(startedAtMs).toISOString(),
      ...rest,
      ...(bytes === undefined ? {} : { bytes }),
      ...(note === undefined ? {} : { note: note.slice(0, MOST_CHARACTERS) }),
      ...(error === undefined ? {} : { error: printableInLine(error).slice(0, MOST_CHARACTERS) }),
    }
    hub.send('importStatus', subjects.importStatus(job), status)
  }
  return {
    tell: (progress) => {
      if (nowMs() - sentMs < EVERY_MS) return
      sentMs = nowMs()
      send(progress())
    },
    end: send,
  }
}
