import { ROLES } from '@fleetlake/contracts'
import { z } from 'zod'
import { isPasswordHash } from './password-hash.ts'

const NAME = /^[a-z0-9][a-z0-9._@+-]{0,63}$/

/** Of an account, a token or a group: names that differ in case only would be taken for each other. */
export const accountName = z
  .string()
  .regex(NAME, 'must be 1 to 64 lower-case letters, digits and . _ @ + -, a letter or digit first')

/** Groups that one person may have. */
export const MAX_GROUPS = 256

/** Names of groups; those that are not there have no vehicles. */
export const groupNames = z.array(accountName).max(MAX_GROUPS)

/** Who may log in with a password; its id is its name. */
export const account = z.strictObject({
  role: z.enum(ROLES),
  /** A hash of it, in the form of the Password Hashing Competition. */
  password: z.string().refine(isPasswordHash, 'is not an argon2id hash'),
  disabled: z.boolean(),
  /** Only the vehicles of these are seen; all vehicles when missing. */
  groups: groupNames.optional(),
})

export type Account = z.output<typeof account>

/** What a program logs in with in place of an account; its id is a name. */
export const apiToken = z.strictObject({
  account: accountName,
  /** Of the token, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal'),
  /** From this instant on it counts no more; never when missing. */
  expires: z.iso.datetime({ offset: true }).max(64).optional(),
})

export type ApiToken = z.output<typeof apiToken>

/** That the sessions of a person have ended; its id is the person: an account, or who a provider of OpenID Connect names. */
export const endedSessions = z.strictObject({
  /** Sessions that began before it count no more. */
  ended: z.iso.datetime({ offset: true }).max(64),
})

export type EndedSessions = z.output<typeof endedSessions>
