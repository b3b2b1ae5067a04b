import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@fleetlake/core'

const FILE = 'session-secret'
const SECRET_BYTES = 32
const LEAST_CHARACTERS = 32

/**
 * The secret that sessions are sealed with, kept in a folder for its owner alone, so that sessions outlive a restart; made when there is none. Of two that make one at once both take the
 * same.
 * @throws FleetError `config.invalid` for one that others can read, or that is too short
 */
export const provideSessionSecret = async (folder: string): Promise<string> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, FILE)
  const fresh = join(folder, `${FILE}.${process.pid}.${randomBytes(4).toString('hex')}`)
  try {
    await stat(file)
  } catch {
    // Whole at once under its name.
    await writeFile(fresh, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o600, flag: 'wx' })
    await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(fresh)
  }
  const { mode } = await stat(file)
  if ((mode & 0o077) !== 0)
    throw new FleetError(
      'config.invalid',
      `${file} can be read by others, who could make sessions: remove it, and a new one is made`,
    )
  const secret = await readFile(file, 'utf8')
  if (secret.length < LEAST_CHARACTERS)
    throw new FleetError('config.invalid', `${file} is too short for a secret: remove it, and a new one is made`)
  return secret
}
