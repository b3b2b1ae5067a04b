import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { FleetError } from '@fleetlake/core'

/**
 * The values of a script's flags.
 * @param command as it is typed, for the message
 * @throws FleetError `usage.invalid` for what it does not know
 */
export const readOptions = <const Options extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; strict: true; options: Options }>>['values'] => {
  try {
    return parseArgs({ args: [...args], strict: true, options }).values
  } catch (error) {
    throw new FleetError('usage.invalid', `${(error as Error).message} (see ${command} -- --help)`, { cause: error })
  }
}

/** @throws FleetError `usage.invalid` */
export const wholeNumber = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value
  throw new FleetError('usage.invalid', `--${name} must be a whole number of at least ${least}, not "${text}"`)
}
