import { asyncApiDocument } from './asyncapi.ts'
import { configReference } from './config-reference.ts'
import { hubUsersReference } from './hub-users-reference.ts'
import { messagesReference } from './messages-reference.ts'
import { metricsReference } from './metrics-reference.ts'

/** What `docs/reference/` is to hold, by the name of the file. */
export const referenceFiles = (): Record<string, string> => ({
  'messages.md': messagesReference(),
  'asyncapi.json': `${JSON.stringify(asyncApiDocument(), null, 2)}\n`,
  'config.md': configReference(),
  'hub-users.md': hubUsersReference(),
  'metrics.md': metricsReference(),
})

export const REFERENCE_FOLDER: string = new URL('../../../../docs/reference/', import.meta.url).pathname
