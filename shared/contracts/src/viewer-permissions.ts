import type { Config } from './config.ts'
import { type MessageDefinition, messages, type PageRight } from './messages.ts'
import { filterBelow, filterOf } from './patterns.ts'
import { hostOf, isLoopback } from './this-machine.ts'

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
  publish: [...(generation ? patternsOf('generates') : []), ...patternsOf('sends')].map(filterOf),
  subscribe: [...patternsOf('hears').map(filterOf), ...new Set(patternsOf('hears-below').map(filterBelow))],
})

/** What is stored and repeated is heard where it is repeated. */
const patternsOf = (right: PageRight): string[] =>
  (Object.values(messages) as MessageDefinition[]).flatMap(({ page, subject, stored }) => {
    const pattern = stored?.repeatedTo ?? subject
    return page === right && pattern !== undefined ? [pattern] : []
  })

type Reachable = Pick<Config, 'viewer' | 'hub'>

/** As configured; by default only if neither the page nor the hub can be reached from another machine. */
export const mayPagesGenerate = (config: Reachable): boolean => config.viewer.generation ?? isOfThisMachine(config)

/** Whether pages may send files to be imported; as configured, by default as for generations. */
export const mayPagesImport = (config: Reachable): boolean => config.viewer.imports ?? isOfThisMachine(config)

const isOfThisMachine = ({ viewer, hub }: Reachable): boolean => {
  const addresses = [hub.url, ...(viewer.hubUrl === undefined ? [] : [viewer.hubUrl]), ...(hub.websocketOrigins ?? [])]
  return [viewer.host, ...addresses.map(hostOf)].every(isLoopback)
}
