import { z } from 'zod'
import { accountName } from './account.ts'

const PREFIX = 'openid:'

/** Who a provider of OpenID Connect names. No account has such a name: who is called the same there is another person. */
export const openIdPerson = (name: string): string => `${PREFIX}${name}`

export const isOpenIdPerson = (person: string): boolean => person.startsWith(PREFIX)

/** Who a provider names, with the prefix. */
export const openIdName = z.string().startsWith(PREFIX)

/** Name of an account, or who a provider names. */
export const personName = z.union([accountName, openIdName])

const TERMINAL_PREFIX = 'os:'

/** A user of the system, at a terminal. No account has such a name, and no provider names one. */
export const terminalPerson = (user: string): string => `${TERMINAL_PREFIX}${user}`

export const isTerminalPerson = (person: string): boolean => person.startsWith(TERMINAL_PREFIX)
