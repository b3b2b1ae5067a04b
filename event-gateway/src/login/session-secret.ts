import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { FleetError } from '@fleetlake/core'
import { provideSecretFile } from '@fleetlake/service'

const FILE = 'session-secret'
const SECRET_BYTES = 32
const LEAST_CHARACTERS = 32

/**
 * The secret that sessions are sealed with, kept in a folder for its owner alone, so that sessions outlive a restart; made when there is none.
 * @throws FleetError `config.invalid` for one that others can read, or that is too short
 */
export const provideSessionSecret = async (folder: string): Promise<string> => {
  const file = join(folder, FILE)
  const secret = await provideSecretFile(file, () => randomBytes(SECRET_BYTES).toString('base64url'))
  if (secret.length < LEAST_CHARACTERS)
    throw new FleetError('config.invalid', `${file} is too short for a secret: remove it, and a new one is made`)
  return secret
}
