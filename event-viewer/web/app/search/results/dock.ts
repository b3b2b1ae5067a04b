import { useLocalStorage } from '@vueuse/core'

/** The table of results is below the map with all its columns, instead of beside it with a few. */
export const isDockOpen = useLocalStorage('fleet-results-dock', false)
