import { MAX_PATTERNS, ROLES, vehiclePattern } from '@fleetlake/contracts'
import { z } from 'zod'
import { groupNames } from './account.ts'

/** Vehicles that are seen together; its id is its name. */
export const group = z.strictObject({
  /** Ids, and texts with `*` at their end: all vehicles whose id begins so. */
  vehicles: z.array(vehiclePattern).max(MAX_PATTERNS),
})

export type Group = z.output<typeof group>

/** Whom a provider of OpenID Connect has let in, as it said at the last login; its id is the person. */
export const providerPerson = z.strictObject({
  role: z.enum(ROLES),
  /** As of an account. */
  groups: groupNames.optional(),
  /** The provider. */
  issuer: z.string().min(1).max(2_048).optional(),
})

export type ProviderPerson = z.output<typeof providerPerson>
