import { configSchema } from '@fleetlake/contracts'
import { provideMontevideo } from '@fleetlake/event-generator'

const usualFolder = configSchema.parse({}).generator.cityDir

/** Builds the default city when its pack is missing; a pack of the user's own is never touched. */
export const provideCity = async (folder: string): Promise<void> => {
  if (folder === usualFolder) await provideMontevideo(folder)
}
