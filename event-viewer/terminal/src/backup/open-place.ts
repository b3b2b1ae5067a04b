import { type ObjectStore, openStore, placesOverlap } from '@fleetlake/archive'
import { type Config, configSchema } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { loadConfig } from '@fleetlake/service'

/** Without what says how to come to the archive: it would hold for the other place, too. */
const withoutArchive = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^FLEET_(ARCHIVE_|CONFIG$)/.test(name)))

/**
 * The place of backups.
 * @param storeConfig a file whose `archive.s3` and `archive.azure` say how to come to it; those of the archive when missing
 * @throws FleetError `config.invalid`, `usage.invalid` when it is the archive's own place
 */
export const openPlace = async (
  path: string,
  { archive }: Pick<Config, 'archive'>,
  storeConfig: string | undefined,
): Promise<ObjectStore> => {
  const settings =
    storeConfig === undefined
      ? archive
      : loadConfig(configSchema, { args: [`--config=${storeConfig}`], env: withoutArchive(process.env) }).archive
  const place = { ...settings, path }
  if (!placesOverlap(place, archive)) return openStore(place)
  throw new FleetError(
    'usage.invalid',
    `${path} is the archive's own place, or lies in it or around it: name another one, of another disk or account`,
  )
}
