import type { KnownSearches } from '../../api/searches.ts'
import { askServer } from '../login/ask-server.ts'
import type { Period } from '../shell/period.ts'

export interface SearchesAsked {
  /** When they were asked. */
  readonly period: Period
  /** Everyone when empty. */
  readonly person: string
  readonly limit: number
}

/** @throws Error that says what the viewer's service answered */
export const fetchSearches = async ({ period, person, limit }: SearchesAsked): Promise<KnownSearches> => {
  const query = new URLSearchParams({
    from: String(period.from),
    to: String(period.to),
    limit: String(limit),
    ...(person === '' ? {} : { person }),
  })
  const response = await askServer(`/api/searches?${query}`)
  if (!response.ok) throw new Error(`The searches can’t be read: ${(await response.text()) || response.statusText}`)
  return (await response.json()) as KnownSearches
}
