import { searchOfEverywhere } from './search-of-everywhere.ts'

const HOUR_MS = 3_600_000

/** The page that searches for this vehicle in the hour before its newest report. */
export const searchPageOf = (
  id: string,
  newestMs: number,
): { path: string; query: ReturnType<typeof searchOfEverywhere> } => ({
  path: '/search',
  query: searchOfEverywhere({ from: newestMs - HOUR_MS, to: newestMs + 1 }, [id]),
})
