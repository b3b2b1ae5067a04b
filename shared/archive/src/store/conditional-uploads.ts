import { randomUUID } from 'node:crypto'
import { type ObjectRequests, RequestFault } from './requests.ts'

/** A request within its time. @param bytes that it carries there @throws RequestFault */
export type Ask = <T>(request: (signal: AbortSignal, onBytes: () => void) => Promise<T>, bytes?: number) => Promise<T>

/**
 * Whether a server keeps the condition of completing an upload: some ignore it. Found out once, when it is first asked for, by completing a
 * small one upon an object that is there. Where it can't be found out now the answer is no, and it is asked again the next time.
 */
export const createUploadCheck = (
  requests: ObjectRequests,
  prefix: string,
  { ask, askAgain }: { readonly ask: Ask; readonly askAgain: Ask },
): (() => Promise<boolean>) => {
  let known: Promise<boolean> | undefined = requests.conditionalUploads === 'yes' ? Promise.resolve(true) : undefined
  const tryConditionalUpload = async (): Promise<boolean> => {
    const key = `${prefix}.probe/${randomUUID()}`
    const options = { ifAbsent: true, writer: randomUUID() }
    const bytes = new Uint8Array(1)
    await askAgain((signal) => requests.put(key, bytes, { ...options, ifAbsent: false }, signal))
    const upload = await askAgain((signal) => requests.startUpload(key, options, signal))
    try {
      const part = await askAgain((signal) => requests.uploadPart(upload, 1, bytes, signal))
      await ask((signal) => requests.completeUpload(upload, [part], signal))
      return false
    } catch (error) {
      if (error instanceof RequestFault && error.kind === 'condition') return true
      throw error
    } finally {
      await ask((signal) => requests.abandonUpload(upload, signal)).catch(() => undefined)
      await askAgain((signal) => requests.delete(key, signal)).catch(() => undefined)
    }
  }
  return async () => {
    known ??= tryConditionalUpload()
    try {
      return await known
    } catch {
      known = undefined
      return false
    }
  }
}
