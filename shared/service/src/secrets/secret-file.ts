import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FleetError } from '@fleetlake/core'

/**
 * The text of a file that only its owner can read, made when it is not there. Of two processes that make one at once both take the same.
 * @throws FleetError `config.invalid` for one that others can read
 */
export const provideSecretFile = async (file: string, make: () => string): Promise<string> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await stat(file)
  } catch {
    // Whole at once under its name.
    await writeFile(fresh, make(), { mode: 0o600, flag: 'wx' })
    await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(fresh)
  }
  return readSecretFile(file)
}

/** @throws FleetError `config.invalid` for one that others can read; what the file system says of one that can't be read */
export const readSecretFile = async (file: string): Promise<string> => {
  const { mode } = await stat(file)
  if ((mode & 0o077) !== 0)
    throw new FleetError(
      'config.invalid',
      `${file} can be read by others, and holds secrets: remove it, and a new one is made`,
    )
  return readFile(file, 'utf8')
}
