import { type Role, ROLES } from './role.ts'

/** What may be done, and what it is. */
export const RIGHTS = {
  live: 'see where vehicles are now, and how the services are',
  'search-last-day': 'search the last 24 hours',
  areas: 'add, change and remove areas, which everybody sees',
  search: 'search all that the archive keeps',
  export: 'take what was found away as a file',
  generate: 'have vehicles simulated, whose positions go into the archive, and stop that',
  import: 'import files',
  audit: 'see who has searched for what',
  registry: 'see and change what people set: accounts, tokens, groups',
} as const

export type Right = keyof typeof RIGHTS

/** What each role adds to those before it. */
const ADDED: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['live'],
  dispatcher: ['search-last-day', 'areas'],
  investigator: ['search', 'export'],
  operator: ['generate', 'import', 'audit', 'registry'],
}

/** What a role may. */
export const rightsOf = (role: Role): ReadonlySet<Right> =>
  new Set(ROLES.slice(0, ROLES.indexOf(role) + 1).flatMap((each) => ADDED[each]))

/** What a search of who may `search-last-day` alone reaches back, in ms. */
export const LAST_DAY_MS = 24 * 3_600_000
