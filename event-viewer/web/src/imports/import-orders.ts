import type { Config } from '@fleetlake/contracts'
import type { ImportSettings, Preview } from '@fleetlake/intake'

/** What the viewer has a process of its own do with files; the first message to it. */
export type ImportOrder = {
  /** The folder in which the files lie; by their names there. */
  readonly folder: string
  readonly files: readonly string[]
  readonly settings: ImportSettings
} & (
  | { readonly kind: 'preview' }
  | {
      readonly kind: 'import'
      readonly config: Config
      /** What tells the files from others: their names and digests. */
      readonly identity: unknown
      /** Folder of the records by which imports are resumed. */
      readonly records: string
      /** Takes the refused rows as NDJSON. */
      readonly refusedFile: string
    }
)

/** A second message to it: what whole batches hold is stored, and it ends. */
export const STOP = 'stop'

/** What that process tells. */
export type ImportNews =
  | { readonly preview: Preview }
  | { readonly job: string }
  | { readonly said: string }
  /** Rows that were refused so far, and those of them that the file has. */
  | { readonly refused: number; readonly kept: number }
  | { readonly ended: ImportOutcome }
  /** A sentence on what is wrong with what was asked. */
  | { readonly fault: string }

export interface ImportOutcome {
  readonly status: 'complete' | 'stopped' | 'failed'
  /** A line a sentence. */
  readonly text: string
  /** Times of the first and the last row that was taken, RFC 3339. */
  readonly period?: { readonly from: string; readonly to: string }
}
