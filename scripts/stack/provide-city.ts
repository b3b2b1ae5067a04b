import { DEFAULT_CONFIG } from '@fleetlake/contracts'
import { provideMontevideo } from '@fleetlake/event-generator'

/** Builds the default city when its pack is missing; a pack of the user's own is never touched. */
export const provideCity = async (folder: string): Promise<void> => {
  if (folder === DEFAULT_CONFIG.generator.cityDir) await provideMontevideo(folder)
}
