import type { Right } from '@fleetlake/contracts'

export interface Page {
  readonly path: string
  readonly label: string
  readonly icon: string
  /** The key that goes there. */
  readonly key: string
  /** Without it the page is not shown. */
  readonly right: Right
}

export const PAGES: readonly Page[] = [
  { path: '/', label: 'Live', icon: 'i-lucide-radio', key: '1', right: 'live' },
  { path: '/search', label: 'Search', icon: 'i-lucide-search', key: '2', right: 'search-last-day' },
  { path: '/replay', label: 'Replay', icon: 'i-lucide-history', key: '3', right: 'search-last-day' },
  { path: '/archive', label: 'Archive', icon: 'i-lucide-database', key: '4', right: 'search-last-day' },
  { path: '/import', label: 'Import', icon: 'i-lucide-upload', key: '5', right: 'import' },
  { path: '/services', label: 'Services', icon: 'i-lucide-activity', key: '6', right: 'live' },
  { path: '/messages', label: 'Messages', icon: 'i-lucide-book-open', key: '7', right: 'live' },
  { path: '/searches', label: 'Searches', icon: 'i-lucide-scroll-text', key: '8', right: 'audit' },
]
