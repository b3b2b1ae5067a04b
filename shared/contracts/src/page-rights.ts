import type { Config } from './config.ts'
import { type Right, rightsOf } from './people/rights.ts'
import { hostOf, isLoopback } from './this-machine.ts'

type Reachable = Pick<Config, 'auth' | 'viewer' | 'hub'>

/** As configured; by default where people log in, whose roles say who may, and else only if neither the page nor the hub can be reached from another machine. */
export const mayPagesGenerate = (config: Reachable): boolean => config.viewer.generation ?? isForSome(config)

/** Whether pages may send files to be imported; as configured, by default as for generations. */
export const mayPagesImport = (config: Reachable): boolean => config.viewer.imports ?? isForSome(config)

const isForSome = (config: Reachable): boolean => config.auth === 'required' || isOfThisMachine(config)

const isOfThisMachine = ({ viewer, hub }: Reachable): boolean => {
  const addresses = [hub.url, ...(viewer.hubUrl === undefined ? [] : [viewer.hubUrl]), ...(hub.websocketOrigins ?? [])]
  return [viewer.host, ...addresses.map(hostOf)].every(isLoopback)
}

/** What everyone may who opens the page, where no login is needed. */
export const rightsOfAnyone = ({ generation }: { readonly generation: boolean }): ReadonlySet<Right> => {
  const all = rightsOf('operator')
  return generation ? all : all.difference(new Set<Right>(['generate']))
}
