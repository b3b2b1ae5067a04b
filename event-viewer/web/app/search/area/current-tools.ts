import { shallowRef, type ShallowRef } from 'vue'
import type { AreaDraw } from './use-area-draw.ts'
import type { DistrictPick } from './use-district-pick.ts'

/** The drawing of the page that is shown, for what lies over the map; undefined on pages that draw nothing. */
export const currentAreaDraw: ShallowRef<AreaDraw | undefined> = shallowRef()

/** The picking of districts of the page that is shown, for what lies over the map; undefined on pages without. */
export const currentPick: ShallowRef<DistrictPick | undefined> = shallowRef()
