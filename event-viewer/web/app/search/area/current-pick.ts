import { shallowRef, type ShallowRef } from 'vue'
import type { DistrictPick } from './use-district-pick.ts'

/** The picking of districts of the page that is shown, for what lies over the map; undefined on pages without. */
export const currentPick: ShallowRef<DistrictPick | undefined> = shallowRef()
