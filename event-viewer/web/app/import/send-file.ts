import { endLogin } from '../login/use-person.ts'
import type { SentFile } from '../../api/imports.ts'
import type { NamedFile } from './found-files.ts'
import { filePath } from './import-requests.ts'

export interface SendFileOptions {
  readonly onSent: (bytes: number) => void
  readonly signal: AbortSignal
}

/**
 * Sends a file to an import; `fetch` does not tell how far it is.
 * @throws Error with the service's sentence; of an aborted one the signal's reason
 */
export const sendFile = (
  id: string,
  { name, file }: NamedFile,
  { onSent, signal }: SendFileOptions,
): Promise<SentFile> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', filePath(id, name))
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded))
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as SentFile)
      else {
        if (request.status === 401) endLogin()
        reject(new Error(request.responseText || `the viewer's service answered ${request.status}`))
      }
    })
    request.addEventListener('error', () => reject(new Error('the connection was lost while it was sent')))
    request.addEventListener('abort', () => reject(signal.reason as Error))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    if (signal.aborted) reject(signal.reason as Error)
    else request.send(file)
  })
