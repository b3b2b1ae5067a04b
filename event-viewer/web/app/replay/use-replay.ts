import type { FoundRows } from '@fleetlake/viewer-core'
import {
  computed,
  effectScope,
  readonly,
  ref,
  shallowRef,
  triggerRef,
  watch,
  type ComputedRef,
  type Ref,
  type ShallowRef,
} from 'vue'
import { useGap } from '../search/use-gap.ts'
import { useSearch } from '../search/use-search.ts'
import type { ColourBy } from '../vehicles/scene.ts'
import { useVehicleLayer } from '../vehicles/use-vehicle-layer.ts'
import { createPlayback, NOTHING, type Playback } from './clock/playback.ts'
import { fittingSpeed, openingTime } from './clock/replay-clock.ts'
import type { ReplayLink } from './replay-link.ts'
import { createSelection, type ReplaySelection } from './replay-selection.ts'
import type { Extent } from './timeline/density.ts'
import { createPresence, type Presence } from './vehicles/presence.ts'
import { extentOf, nextReport, previousReport } from './vehicles/report-times.ts'

/** The page's one replay of what the last search found. It stays when other pages are shown, and stands meanwhile. */
export interface Replay
  extends
    Pick<Playback, 'clock' | 'toggle' | 'pause' | 'seek'>,
    Pick<ReplaySelection, 'selected' | 'isFollowing' | 'select' | 'follow' | 'stopFollowing'> {
  /** Undefined while there is nothing to replay. */
  readonly found: Readonly<ShallowRef<FoundRows | undefined>>
  /** The rows are being made ready to be drawn. */
  readonly isLoading: Readonly<Ref<boolean>>
  /** From the first to the last report; another one only with another result. */
  readonly extent: Readonly<ShallowRef<Extent>>
  /** Which vehicles have a place: updated a few times a second while it plays. */
  readonly presence: Readonly<ShallowRef<Presence | undefined>>
  readonly colourBy: Ref<ColourBy>
  readonly trailSeconds: Ref<number>
  /** What of it a link holds. */
  readonly link: ComputedRef<ReplayLink>
  /** To the next or previous report of the selected vehicle, or of any; pauses. */
  step(direction: 'next' | 'previous'): void
  setSpeed(speed: number): void
  toggleLoop(): void
  /** Applies to what is searched for or loaded now, else to what is there. */
  open(link: ReplayLink): void
  /** Draws the replay, until `leave`. */
  enter(): void
  leave(): void
}

const PRESENCE_MS = 250

const createReplay = (): Replay => {
  const { answer, state } = useSearch()
  const { gap, joined } = useGap()
  const layer = useVehicleLayer()
  const found = shallowRef<FoundRows>()
  const isLoading = ref(false)
  const extent = shallowRef<Extent>({ from: 0, to: 0 })
  const presence = shallowRef<Presence>()
  const colourBy = ref<ColourBy>('type')
  const trailSeconds = ref(60)
  let wanted: ReplayLink | undefined

  const playback = createPlayback({
    draw: (time) => {
      layer.replay.setTime(time)
      selection.centre(time)
    },
    settle: () => {
      presence.value?.moveTo(playback.clock.value.time)
      triggerRef(presence)
    },
    settleMs: PRESENCE_MS,
  })
  const { clock, seek, pause } = playback
  const selection = createSelection({ layer, found, playback })

  const step = (direction: 'next' | 'previous'): void => {
    if (found.value === undefined) return
    pause()
    const find = direction === 'next' ? nextReport : previousReport
    const time = find(found.value, clock.value.time, selection.selected.value)
    if (time !== undefined) seek(time)
  }
  const apply = ({ time, speed, follow }: ReplayLink): void => {
    if (speed !== undefined) playback.change({ speed })
    if (time !== undefined) seek(time)
    const vehicle = follow === undefined ? undefined : found.value?.ids.indexOf(follow)
    if (vehicle !== undefined && vehicle !== -1) selection.follow(vehicle, { isTimeFixed: time !== undefined })
  }
  const open = (link: ReplayLink): void => {
    if (link.gap !== undefined) gap.value = link.gap
    if (found.value === undefined || isLoading.value || state.value === 'running') wanted = link
    else apply(link)
  }
  const load = async (rows: FoundRows | undefined): Promise<void> => {
    pause()
    selection.select(undefined)
    const period = rows === undefined ? undefined : extentOf(rows)
    if (rows === undefined || period === undefined) {
      found.value = undefined
      presence.value = undefined
      isLoading.value = false
      layer.replay.clear()
      playback.set(NOTHING)
      return
    }
    isLoading.value = true
    const isJoined = joined.value?.isJoined ?? new Uint8Array(rows.length)
    await layer.replay.load(rows, isJoined)
    if (answer.value?.found !== rows) return
    found.value = rows
    presence.value = createPresence(rows, isJoined)
    extent.value = period
    isLoading.value = false
    playback.set({ ...NOTHING, ...period, time: openingTime(period), speed: fittingSpeed(period) })
    if (wanted !== undefined) apply(wanted)
    wanted = undefined
    // Meanwhile another gap may have been chosen.
    if (joined.value?.isJoined !== isJoined) await joinAgain()
  }

  /** Another choice of what is a gap: the same rows are drawn otherwise, at the same instant. */
  const joinAgain = async (): Promise<void> => {
    const [rows, isJoined] = [found.value, joined.value?.isJoined]
    if (rows === undefined || isJoined === undefined || answer.value?.found !== rows) return
    await layer.replay.load(rows, isJoined)
    if (answer.value?.found !== rows || joined.value?.isJoined !== isJoined) return
    const next = createPresence(rows, isJoined)
    next.moveTo(clock.value.time)
    presence.value = next
  }

  watch(() => answer.value?.found, load, { immediate: true })
  watch(gap, joinAgain)
  watch(colourBy, (by) => layer.replay.setColourBy(by), { immediate: true })
  watch(trailSeconds, (seconds) => layer.replay.setTrails(seconds), { immediate: true })

  const link = computed<ReplayLink>(() => {
    const { time, speed } = clock.value
    const vehicle = selection.isFollowing.value ? selection.selected.value : undefined
    const follow = vehicle === undefined ? undefined : found.value?.ids[vehicle]
    return { time, speed, gap: gap.value, ...(follow === undefined ? {} : { follow }) }
  })
  return {
    ...playback,
    ...selection,
    found,
    isLoading: readonly(isLoading),
    extent,
    presence,
    colourBy,
    trailSeconds,
    link,
    step,
    setSpeed: (speed) => playback.change({ speed }),
    toggleLoop: () => playback.change({ isLooping: !clock.value.isLooping }),
    open,
    enter: () => {
      layer.show('replay')
      selection.setShown(true)
    },
    leave: () => {
      pause()
      wanted = undefined
      selection.setShown(false)
    },
  }
}

let replay: Replay | undefined

export const useReplay = (): Replay => (replay ??= effectScope(true).run(createReplay)!)
