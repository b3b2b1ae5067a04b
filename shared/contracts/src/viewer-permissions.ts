import type { Config } from './config.ts'
import { isLoopback } from './loopback.ts'
import { subjects, VIEWER_INBOX } from './subjects.ts'

export interface ViewerPermissions {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

export interface ViewerRights {
  /** Whether pages may have vehicles generated, which writes invented positions into the archive. */
  readonly generation: boolean
}

/** All that the viewer's user of a hub may do; a server that Fleetlake starts knows no more for browsers. */
export const viewerPermissions = ({ generation }: ViewerRights): ViewerPermissions => ({
  publish: [
    ...(generation ? [subjects.generation, subjects.generationBroadcast] : []),
    subjects.query,
    subjects.queryTaken('*'),
    subjects.queryCancel('*'),
  ],
  subscribe: [subjects.liveMove('*'), subjects.stats, 'members.>', `${VIEWER_INBOX}.>`],
})

/** What is configured; else on only where nobody elsewhere comes to the page or to the hub. */
export const mayPagesGenerate = ({ viewer, hub }: Pick<Config, 'viewer' | 'hub'>): boolean => {
  const addresses = [hub.url, ...(viewer.hubUrl === undefined ? [] : [viewer.hubUrl]), ...(hub.websocketOrigins ?? [])]
  return viewer.generation ?? [viewer.host, ...addresses.map(hostOf)].every(isLoopback)
}

/** An address that is none is nobody's loopback. */
const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).hostname : '')
