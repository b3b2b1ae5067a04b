import type { ViewBounds } from '../shell/view-bounds.ts'
import { watchThrottled } from '@vueuse/core'
import {
  computed,
  effectScope,
  readonly,
  ref,
  shallowReadonly,
  shallowRef,
  watch,
  type Ref,
  type ShallowRef,
} from 'vue'
import { useHub } from '../hub/use-hub.ts'
import { useFleetMap } from '../map/use-fleet-map.ts'
import type { ColourBy } from '../vehicles/scene.ts'
import { useVehicleLayer } from '../vehicles/use-vehicle-layer.ts'
import type { LastKnown, LiveCounters, LiveFrame, LiveRequest, LiveVehicle } from '../hub/live/live-frame.ts'
import { createRecentShare } from './recent-share.ts'
import { createSelectedVehicle, type SelectedVehicle } from './selected-vehicle.ts'
import { DEFAULT_HORIZON, keptMsOf, type SilentHorizon } from './silent-horizon.ts'
import { boundsToWatch } from './watched-bounds.ts'

export interface Live {
  /** Told twice a second, so that they can be read; undefined until the hub's thread has spoken. */
  readonly counters: Readonly<ShallowRef<LiveCounters | undefined>>
  /** Most of what is reported is older than what the vehicles had reported before: nothing moves. */
  readonly isMostlyLate: Readonly<Ref<boolean>>
  /** Most of what is reported is of the past, as in an import: the map does not show it. */
  readonly isMostlyPast: Readonly<Ref<boolean>>
  /** Partitions that are listened to, when not all are: those in view. */
  readonly partitions: Readonly<Ref<{ readonly listened: number; readonly all: number | undefined } | undefined>>
  /** All vehicle types heard, in the order of their first report; and those that are not shown. */
  readonly types: Readonly<ShallowRef<readonly string[]>>
  readonly hiddenTypes: Readonly<ShallowRef<ReadonlySet<string>>>
  hideTypes(types: Iterable<string>): void
  readonly colourBy: Ref<ColourBy>
  /** How long trails are; 0 for none. */
  readonly trailSeconds: Ref<number>
  /** Which silent vehicles are shown where they were last; and how well they are known. */
  readonly silentHorizon: Ref<SilentHorizon>
  readonly lastKnown: Readonly<ShallowRef<LastKnown | undefined>>
  readonly selected: SelectedVehicle
  /** The map keeps the selected vehicle in its middle. */
  readonly isFollowing: Ref<boolean>
  /** @param id undefined selects nothing; following ends with what was selected before */
  select(id: string | undefined): void
  /** The id of a vehicle that is drawn. */
  idOf(vehicle: number): string | undefined
  find(text: string, max: number): Promise<LiveVehicle[]>
}

const REQUEST_MS = 200
const COUNTERS_MS = 500
const MOSTLY = 0.5

const createLive = (): Live => {
  const { thread, settings } = useHub()
  const { bounds } = useFleetMap()
  const layer = useVehicleLayer()

  const counters = shallowRef<LiveCounters>()
  const isMostlyLate = ref(false)
  const isMostlyPast = ref(false)
  const listened = ref<number>()
  const types = shallowRef<readonly string[]>([])
  const hiddenTypes = shallowRef<ReadonlySet<string>>(new Set())
  const colourBy = ref<ColourBy>('type')
  const trailSeconds = ref(0)
  const silentHorizon = ref<SilentHorizon>(DEFAULT_HORIZON)
  const lastKnown = shallowRef<LastKnown>()
  const isFollowing = ref(false)
  const selected = createSelectedVehicle((id) => thread.liveVehicle(id))
  const ids = new Map<number, string>()
  const lateShareOf = createRecentShare()
  const pastShareOf = createRecentShare()
  let countersMs = -Infinity

  const takeCounters = ({ counters: next, partitions, lastKnown: known }: LiveFrame, nowMs: number): void => {
    if (nowMs - countersMs < COUNTERS_MS) return
    countersMs = nowMs
    counters.value = next
    listened.value = partitions?.length
    lastKnown.value = known
    const { events, lateEvents, pastEvents } = next
    isMostlyLate.value = lateShareOf({ events, some: lateEvents }, nowMs) > MOSTLY
    isMostlyPast.value = pastShareOf({ events, some: pastEvents }, nowMs) > MOSTLY
  }
  const takeFrame = (frame: LiveFrame): void => {
    const nowMs = performance.now()
    layer.live.apply(frame, nowMs)
    if (frame.isWhole) ids.clear()
    for (const vehicle of frame.gone) ids.delete(vehicle)
    frame.fresh.id.forEach((id, i) => ids.set(frame.fresh.vehicle[i], id))
    if (frame.types.length !== types.value.length) types.value = frame.types
    selected.take(frame)
    takeCounters(frame, nowMs)
  }

  const watched = shallowRef<ViewBounds>()
  const view = shallowRef<ViewBounds>()
  watchThrottled(
    bounds,
    (next) => {
      watched.value = boundsToWatch(next, watched.value)
      // A plain array, for proxies do not cross to the thread.
      view.value = [...next]
    },
    { immediate: true, leading: true, trailing: true, throttle: REQUEST_MS },
  )
  const shownTypes = computed(() =>
    hiddenTypes.value.size === 0 ? undefined : types.value.filter((type) => !hiddenTypes.value.has(type)),
  )
  const request = computed<LiveRequest>(() => ({
    ...(watched.value === undefined ? {} : { bounds: watched.value }),
    ...(view.value === undefined ? {} : { view: view.value }),
    keptMs: keptMsOf(silentHorizon.value),
    ...(shownTypes.value === undefined ? {} : { types: shownTypes.value }),
    ...(selected.id.value === undefined ? {} : { follow: selected.id.value }),
  }))
  let isReset = true
  watch(
    request,
    (next) => {
      void thread.watchLive({ ...next, isReset }, takeFrame)
      isReset = false
    },
    { immediate: true },
  )

  watch(colourBy, (next) => layer.live.setColourBy(next))
  watch(trailSeconds, (next) => layer.live.setTrails(next))

  return {
    counters: shallowReadonly(counters),
    isMostlyLate: readonly(isMostlyLate),
    isMostlyPast: readonly(isMostlyPast),
    partitions: computed(() =>
      listened.value === undefined ? undefined : { listened: listened.value, all: settings.value?.partitions?.length },
    ),
    types: shallowReadonly(types),
    hiddenTypes: shallowReadonly(hiddenTypes),
    hideTypes: (hidden) => {
      hiddenTypes.value = new Set(hidden)
    },
    colourBy,
    trailSeconds,
    silentHorizon,
    lastKnown: shallowReadonly(lastKnown),
    selected,
    isFollowing,
    select: (id) => {
      if (id === selected.id.value) return
      isFollowing.value = false
      selected.select(id)
    },
    idOf: (vehicle) => ids.get(vehicle),
    find: (text, max) => thread.findVehicles(text, max),
  }
}

let live: Live | undefined

/** The page's one view of the fleet as it reports; it goes on while other pages are shown. */
export const useLive = (): Live => (live ??= effectScope(true).run(createLive)!)
