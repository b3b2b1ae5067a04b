import { readFile, stat } from 'node:fs/promises'
import { FleetError, reasonOf } from '@fleetlake/core'

const MOST_BYTES = 256 * 1024 * 1024

/**
 * A file, or standard input where it is `-`.
 * @throws FleetError `usage.invalid`
 */
export const readText = async (file: string): Promise<string> => {
  try {
    if (file !== '-') {
      const { size } = await stat(file)
      if (size > MOST_BYTES)
        throw new FleetError('usage.invalid', `${file} has ${size} bytes, and ${MOST_BYTES} are read at most`)
      return await readFile(file, 'utf8')
    }
    const parts: Buffer[] = []
    let bytes = 0
    for await (const part of process.stdin as AsyncIterable<Buffer>) {
      bytes += part.length
      if (bytes > MOST_BYTES) throw new FleetError('usage.invalid', `standard input has more than ${MOST_BYTES} bytes`)
      parts.push(part)
    }
    return Buffer.concat(parts).toString()
  } catch (error) {
    if (error instanceof FleetError) throw error
    throw new FleetError('usage.invalid', `${file} can't be read: ${reasonOf(error)}`, { cause: error })
  }
}
