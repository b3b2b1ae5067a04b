import { askServer } from '../login/ask-server.ts'
import type { ImportChoices, ImportPreview, PageImport } from '../../api/imports.ts'

/** What the viewer's service is asked of imports. Each throws an Error with the sentence that it answers when it refuses. */
export const fetchImports = (signal?: AbortSignal): Promise<PageImport[]> =>
  ask('/api/imports', signal === undefined ? {} : { signal })

export const openImport = (): Promise<PageImport> => ask('/api/imports', { method: 'POST' })

export const lookAtImport = (id: string, choices: ImportChoices, signal: AbortSignal): Promise<ImportPreview> =>
  ask(`${pathOf(id)}/preview`, { ...posted(choices), signal })

export const startImport = (id: string, choices: ImportChoices): Promise<PageImport> =>
  ask(`${pathOf(id)}/start`, posted(choices))

export const stopImport = (id: string): Promise<PageImport> => ask(`${pathOf(id)}/stop`, { method: 'POST' })

export const forgetImport = async (id: string): Promise<void> => {
  await answerOf(await askServer(pathOf(id), { method: 'DELETE' }))
}

export const removeFile = async (id: string, name: string): Promise<void> => {
  await answerOf(await askServer(filePath(id, name), { method: 'DELETE' }))
}

/** NDJSON of the rows that were not taken. */
export const refusedPath = (id: string): string => `${pathOf(id)}/refused`

/** Where the bytes of a file go. */
export const filePath = (id: string, name: string): string => `${pathOf(id)}/files/${encodeURIComponent(name)}`

const pathOf = (id: string): string => `/api/imports/${encodeURIComponent(id)}`

const posted = (choices: ImportChoices): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(choices),
})

const ask = async <Answer>(path: string, request: RequestInit): Promise<Answer> => {
  const response = await answerOf(await askServer(path, request))
  return (await response.json()) as Answer
}

const answerOf = async (response: Response): Promise<Response> => {
  if (!response.ok) throw new Error((await response.text()) || `the viewer's service answered ${response.status}`)
  return response
}
