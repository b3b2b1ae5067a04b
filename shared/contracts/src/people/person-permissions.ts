import { type MessageDefinition, messages, type PageUse } from '../messages.ts'
import { filterBelow, filterOf } from '../patterns.ts'
import type { Right } from './rights.ts'

/** The subjects that a user of the hub may send to and listen to. */
export interface HubPermissions {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

/**
 * All that a person may do on the hub. Invariant: whatever a person asks, and hears as an answer, is at subjects that name the person, which the hub lets no one else use: nobody hears, cancels
 * or impersonates another.
 * @param seesAll whether the person sees all vehicles
 */
export const personPermissions = (person: string, rights: ReadonlySet<Right>, seesAll = true): HubPermissions => {
  // What is for the others is not for this one.
  const sight = seesAll ? 'some' : 'all'
  const patternsOf = (use: PageUse['use']): string[] =>
    (Object.values(messages) as MessageDefinition[]).flatMap(({ page, subject, stored }) => {
      const pattern = stored?.repeatedTo ?? subject
      return page?.use === use && rights.has(page.right) && page.sees !== sight && pattern !== undefined
        ? [pattern.replace('<person>', person)]
        : []
    })
  return {
    publish: patternsOf('sends').map(filterOf),
    subscribe: [...new Set([...patternsOf('hears').map(filterOf), ...patternsOf('hears-below').map(filterBelow)])],
  }
}
