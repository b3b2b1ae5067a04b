import { endLogin } from './use-person.ts'

/** Asks the viewer's service. A login that has ended is told to the page, whatever the caller makes of the answer. */
export const askServer = async (path: string, request: RequestInit = {}): Promise<Response> => {
  const response = await fetch(path, request)
  if (response.status === 401) endLogin()
  return response
}
