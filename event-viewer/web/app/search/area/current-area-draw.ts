import { shallowRef, type ShallowRef } from 'vue'
import type { AreaDraw } from './use-area-draw.ts'

/** The drawing of the page that is shown, for what lies over the map; undefined on pages that draw nothing. */
export const currentAreaDraw: ShallowRef<AreaDraw | undefined> = shallowRef()
