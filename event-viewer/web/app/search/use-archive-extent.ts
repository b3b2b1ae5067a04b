import { useDocumentVisibility, useIntervalFn } from '@vueuse/core'
import { type Archive, useArchive } from '../archive/use-archive.ts'

const EVERY_MS = 15_000

/** How far the archive reaches, asked for again now and then while the component that uses it is seen. */
export const useArchiveExtent = (): Pick<Archive, 'summary' | 'fault'> => {
  const { summary, fault, refresh } = useArchive()
  const visibility = useDocumentVisibility()
  useIntervalFn(() => visibility.value === 'visible' && void refresh(), EVERY_MS, { immediateCallback: true })
  return { summary, fault }
}
