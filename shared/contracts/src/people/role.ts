/** What a person is; each may what those before it may. */
export const ROLES = ['viewer', 'dispatcher', 'investigator', 'operator'] as const
export type Role = (typeof ROLES)[number]
