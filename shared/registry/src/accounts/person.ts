import { z } from 'zod'
import { accountName } from './account.ts'

const PREFIX = 'openid:'

/** Who a provider of OpenID Connect names. No account has such a name: who is called the same there is another person. */
export const openIdPerson = (name: string): string => `${PREFIX}${name}`

export const isOpenIdPerson = (person: string): boolean => person.startsWith(PREFIX)

/** Name of an account, or who a provider names. */
export const personName = z.union([accountName, z.string().startsWith(PREFIX)])
