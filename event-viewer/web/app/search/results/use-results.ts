import type { ViewBounds } from '../../shell/view-bounds.ts'
import { computed, effectScope, ref, watch, type ComputedRef, type Ref } from 'vue'
import { useFleetMap } from '../../map/use-fleet-map.ts'
import { useGap } from '../use-gap.ts'
import { useSearch } from '../use-search.ts'
import { measureOfKey, type SortKey, orderVehicles, type VehicleOrder } from './order-vehicles.ts'
import { rowBounds } from './row-bounds.ts'
import { useLocalStorage } from '@vueuse/core'

/** How the page looks at the answer; it stays when other pages are shown. */
export interface Results {
  readonly filter: Ref<string>
  readonly order: Ref<Pick<VehicleOrder, 'by' | 'isDescending'>>
  /** Again by the same column: the other way around. */
  sortBy(key: SortKey): void
  /** Vehicles as the table shows them, indexes into the answer's. */
  readonly vehicles: ComputedRef<Uint32Array>
  readonly selected: Ref<number | undefined>
  readonly hovered: Ref<number | undefined>
  /** All found positions are on the map. */
  readonly isShown: Ref<boolean>
  /** Selects a vehicle and brings its path into view. */
  focus(vehicle: number): void
  /** Brings all that was found into view. */
  fitAll(): void
}

const filter = ref('')
const order = ref<Pick<VehicleOrder, 'by' | 'isDescending'>>({ by: 'id', isDescending: false })
const selected = ref<number>()
const hovered = ref<number>()
const isShown = ref(true)

const NO_VEHICLES = new Uint32Array(0)

const sortBy = (by: SortKey): void => {
  // Of texts the first is wanted first, of numbers the largest, of times the earliest.
  const isUsuallyDescending = by === 'points' || by === 'distance' || by === 'timeInside'
  order.value = { by, isDescending: order.value.by === by ? !order.value.isDescending : isUsuallyDescending }
}

const create = (): Results => {
  const { answer } = useSearch()
  const { summaries } = useGap()
  const { fitBounds } = useFleetMap()
  const vehicles = computed(() =>
    answer.value === undefined || summaries.value === undefined
      ? NO_VEHICLES
      : orderVehicles({ ...answer.value.found, lastMeasures: answer.value.lastMeasures }, summaries.value, {
          ...order.value,
          filter: filter.value,
        }),
  )
  watch(answer, () => {
    selected.value = undefined
    hovered.value = undefined
    filter.value = ''
    // A measure that this answer may lack.
    if (measureOfKey(order.value.by) !== undefined) order.value = { by: 'id', isDescending: false }
  })
  const fit = (bounds: ViewBounds | undefined): void => {
    if (bounds !== undefined) fitBounds(bounds)
  }
  return {
    filter,
    order,
    sortBy,
    vehicles,
    selected,
    hovered,
    isShown,
    focus: (vehicle) => {
      selected.value = vehicle
      const found = answer.value?.found
      if (found !== undefined) fit(rowBounds(found, found.start[vehicle], found.start[vehicle + 1]))
    },
    fitAll: () => {
      const found = answer.value?.found
      if (found !== undefined) fit(rowBounds(found, 0, found.length))
    },
  }
}

const scope = effectScope(true)
let results: Results | undefined

/** Call it in a component's setup. */
export const useResults = (): Results => (results ??= scope.run(create)!)

/** The table of results is below the map with all its columns, instead of beside it with a few. */
export const isDockOpen = useLocalStorage('fleet-results-dock', false)
