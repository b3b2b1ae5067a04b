import type { AreaChange, KnownArea, KnownAreas, NewArea } from '../../api/areas.ts'
import { askServer } from '../login/ask-server.ts'
import { sentenceOf } from '../shell/sentence.ts'

/** What came of a change: an area, or why it was not made, in a sentence. */
export type AreaOutcome = KnownArea | string

/** @throws Error that says what the viewer's service answered */
export const fetchAreas = async (): Promise<readonly KnownArea[]> => {
  const response = await askServer('/api/areas')
  if (!response.ok) throw new Error(`The areas can’t be read: ${(await response.text()) || response.statusText}`)
  return ((await response.json()) as KnownAreas).areas
}

const send = async (method: string, path: string, body?: NewArea | AreaChange): Promise<AreaOutcome> => {
  try {
    const response = await askServer(`/api/areas${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (response.ok) return (await response.json()) as KnownArea
    return sentenceOf((await response.text()) || response.statusText)
  } catch {
    return 'The viewer’s service does not answer: try again once it is back.'
  }
}

export const sendNewArea = (area: NewArea): Promise<AreaOutcome> => send('POST', '', area)

export const sendAreaChange = (id: string, change: AreaChange): Promise<AreaOutcome> => send('PATCH', `/${id}`, change)

export const sendAreaRemoval = ({ id, version }: KnownArea): Promise<AreaOutcome> =>
  send('DELETE', `/${id}?version=${version}`)
