/** What a person may do, the least first; what each of them may is the business of those who let them. */
export const ROLES = ['viewer', 'dispatcher', 'investigator', 'operator'] as const
export type Role = (typeof ROLES)[number]
