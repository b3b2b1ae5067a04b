export interface Page {
  readonly path: string
  readonly label: string
  readonly icon: string
  /** The key that goes there. */
  readonly key: string
}

export const PAGES: readonly Page[] = [
  { path: '/', label: 'Live', icon: 'i-lucide-radio', key: '1' },
  { path: '/search', label: 'Search', icon: 'i-lucide-search', key: '2' },
  { path: '/replay', label: 'Replay', icon: 'i-lucide-history', key: '3' },
  { path: '/archive', label: 'Archive', icon: 'i-lucide-database', key: '4' },
  { path: '/import', label: 'Import', icon: 'i-lucide-upload', key: '5' },
  { path: '/services', label: 'Services', icon: 'i-lucide-activity', key: '6' },
  { path: '/messages', label: 'Messages', icon: 'i-lucide-book-open', key: '7' },
]
