import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'

/**
 * Names an import after all that shapes its messages, so that the same import, repeated, has the same message ids and the hub
 * stores nothing twice while it remembers them.
 * @param shape what shapes the messages beside the content
 * @param onBytes told how many bytes were read
 */
export const nameOfImport = async (path: string, shape: unknown, onBytes: (bytes: number) => void): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify(shape))
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer)
    onBytes((chunk as Buffer).length)
  }
  return `import-${hash.digest('hex').slice(0, 32)}`
}

/** For input that can be read only once. */
export const randomImportName = (): string => `import-${randomBytes(16).toString('hex')}`
