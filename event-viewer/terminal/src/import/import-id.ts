import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'

export interface NamingOptions {
  /** What shapes the messages beside the content: all but the clock, which decides what lies in the future. */
  readonly shape: unknown
  /** Told how many bytes more were read. */
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
}

/**
 * Names an import after its content and its options: so the same import, repeated, has the same message ids and the hub stores
 * nothing twice while it remembers them. The ids end in the digest of their payload: whatever else makes other messages, none is
 * taken for a repetition.
 * @returns undefined when aborted
 */
export const nameOfImport = async (
  path: string,
  { shape, onBytes, signal }: NamingOptions,
): Promise<string | undefined> => {
  const hash = createHash('sha256').update(JSON.stringify(shape))
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    if (signal.aborted) return undefined
    hash.update(chunk as Buffer)
    onBytes((chunk as Buffer).length)
  }
  return `import-${hash.digest('hex').slice(0, 32)}`
}

/** Of the rows of a message. */
export const digestOfPayload = (payload: Uint8Array): string =>
  createHash('sha256').update(payload).digest('hex').slice(0, 16)

/** For input that can be read only once. */
export const randomImportName = (): string => `import-${randomBytes(16).toString('hex')}`
