import type { ViewerConfig } from '../api/viewer-config.ts'
import { clockAhead, type HeardConfig } from './shell/heard-config.ts'
import { askServer } from './login/ask-server.ts'

let fetched: Promise<HeardConfig> | undefined

/**
 * The configuration from the viewer's service, requested once. Call it in a component's setup; a failure is shown, with a button that tries
 * again, and the promise rejects.
 */
export const useViewerConfig = (): Promise<HeardConfig> => {
  const toast = useToast()
  fetched ??= fetchConfig().catch((error: unknown) => {
    toast.add({
      id: 'viewer-config',
      color: 'error',
      icon: 'i-lucide-unplug',
      title: "The viewer's service does not answer",
      description: error instanceof Error ? error.message : String(error),
      duration: 0,
      actions: [{ label: 'Try again', color: 'neutral', variant: 'outline', onClick: () => location.reload() }],
    })
    throw error
  })
  return fetched
}

const fetchConfig = async (): Promise<HeardConfig> => {
  const response = await askServer('/api/config')
  const clockAheadMs = clockAhead(response.headers.get('Date'), Date.now())
  if (!response.ok) throw new Error(`/api/config: ${(await response.text()) || response.status}`)
  return { ...((await response.json()) as ViewerConfig), clockAheadMs }
}
