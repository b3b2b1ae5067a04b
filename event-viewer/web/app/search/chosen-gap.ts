import type { Gap } from '@fleetlake/viewer-core'
import { ref } from 'vue'

/** The page's one choice of what is a gap. */
export const chosenGap = ref<Gap>('automatic')
