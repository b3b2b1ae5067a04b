import { reasonOf } from '@fleetlake/core'

/** The reason of a fault without its code, which is for logs. */
export const plainReason = (error: unknown): string => reasonOf(error).replace(/^[a-z]+\.[a-z-]+: /, '')
