import { useLocalStorage } from '@vueuse/core'
import { readonly, ref, type Ref, shallowRef, type ShallowRef } from 'vue'
import type { AreaChange, KnownArea, NewArea } from '../../api/areas.ts'
import { may } from '../login/use-person.ts'
import { type AreaOutcome, fetchAreas, sendAreaChange, sendAreaRemoval, sendNewArea } from './fetch-areas.ts'

/** The areas of the registry, by name, as everybody sees them. */
export interface Areas {
  /** Undefined until they are here. */
  readonly areas: Readonly<ShallowRef<readonly KnownArea[] | undefined>>
  /** Why they are not, for people. */
  readonly fault: Readonly<Ref<string | undefined>>
  /** Whether all of them are shown on the map. */
  readonly isShown: Ref<boolean>
  /** Whether the person may change them. */
  readonly mayChange: boolean
  /** Reads them again; resolves with what there is then. */
  refresh(): Promise<readonly KnownArea[]>
  add(area: NewArea): Promise<AreaOutcome>
  change(id: string, change: AreaChange): Promise<AreaOutcome>
  remove(area: KnownArea): Promise<AreaOutcome>
}

const areas = shallowRef<readonly KnownArea[]>()
const fault = ref<string>()
const isShown = useLocalStorage('fleet-areas', false)
let latest = 0

const refresh = async (): Promise<readonly KnownArea[]> => {
  const mine = ++latest
  try {
    const read = await fetchAreas()
    if (mine === latest) {
      areas.value = read
      fault.value = undefined
    }
    return read
  } catch (error) {
    if (mine === latest) fault.value = error instanceof Error ? error.message : String(error)
    return areas.value ?? []
  }
}

/** Whatever came of a change, what there is now is shown: another may have been faster. */
const andRead = async (change: Promise<AreaOutcome>): Promise<AreaOutcome> => {
  const outcome = await change
  await refresh()
  return outcome
}

export const useAreas = (): Areas => ({
  areas,
  fault: readonly(fault),
  isShown,
  mayChange: may('areas'),
  refresh,
  add: (area) => andRead(sendNewArea(area)),
  change: (id, change) => andRead(sendAreaChange(id, change)),
  remove: (area) => andRead(sendAreaRemoval(area)),
})
