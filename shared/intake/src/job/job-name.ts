import { createHash, randomBytes } from 'node:crypto'

/**
 * Names an import after its files and what shapes its messages: the same import, repeated, has the same name, so that it goes on where it ended, and the hub stores nothing twice while it
 * remembers message ids. (These end in the digest of their rows: what has changed in a file since is never taken for a repetition.)
 */
export const nameOfJob = (shape: unknown): string =>
  `import-${createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 32)}`

/** For input that can be read only once. */
export const randomJobName = (): string => `import-${randomBytes(16).toString('hex')}`
