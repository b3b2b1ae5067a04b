import { readonly, ref, shallowReadonly, shallowRef, type Ref, type ShallowRef } from 'vue'
import { createHeardTrack } from './heard-track.ts'
import type { LiveFrame, LiveMeasure, LiveVehicle } from '../hub/live/live-frame.ts'
import type { Track } from './track.ts'

/** The vehicle that was chosen; it stays chosen when it does not report. */
export interface SelectedVehicle {
  readonly id: Readonly<Ref<string | undefined>>
  /** Its number, while the page knows it. */
  readonly vehicle: Readonly<Ref<number | undefined>>
  readonly report: Readonly<ShallowRef<LiveVehicle | undefined>>
  /** Its reports since it was selected, of an hour at most; counted up with each. */
  readonly heard: Readonly<ShallowRef<Track>>
  /** The last value of each measure that it has reported since. */
  readonly measures: Readonly<ShallowRef<readonly LiveMeasure[]>>
  select(id: string | undefined): void
  take(frame: LiveFrame): void
}

/** @param ask for the last report of a vehicle */
export const createSelectedVehicle = (ask: (id: string) => Promise<LiveVehicle | undefined>): SelectedVehicle => {
  const id = ref<string>()
  const vehicle = ref<number>()
  const report = shallowRef<LiveVehicle>()
  const measures = shallowRef<readonly LiveMeasure[]>([])
  let log = createHeardTrack()
  const heard = shallowRef<Track>(log.track)

  const become = (next: LiveVehicle): void => {
    if (next.eventTime <= (report.value?.eventTime ?? -Infinity)) return
    report.value = next
    log.add(next)
    heard.value = log.track
  }

  return {
    id: readonly(id),
    vehicle: readonly(vehicle),
    report: shallowReadonly(report),
    heard: shallowReadonly(heard),
    measures: shallowReadonly(measures),
    select: (next) => {
      id.value = next
      vehicle.value = undefined
      report.value = undefined
      measures.value = []
      log = createHeardTrack()
      heard.value = log.track
      if (next === undefined) return
      void ask(next).then((known) => {
        if (known === undefined || known.id !== id.value) return
        vehicle.value = known.vehicle
        become(known)
      })
    },
    take: ({ fresh, reports, gone, silent, types, followed }) => {
      if (id.value === undefined) return
      if (followed?.id === id.value) measures.value = followed.measures
      if (vehicle.value !== undefined && gone.includes(vehicle.value)) {
        vehicle.value = undefined
        // What was last heard of it is no longer how it is.
        if (report.value !== undefined) report.value = { ...report.value, isSilent: true }
      }
      const at = fresh.id.indexOf(id.value)
      if (at >= 0) vehicle.value = fresh.vehicle[at]
      if (vehicle.value === undefined) return
      const row = reports.vehicle.indexOf(vehicle.value)
      const isSilent = silent.includes(vehicle.value)
      if (row < 0) {
        if (isSilent && report.value !== undefined) report.value = { ...report.value, isSilent }
        return
      }
      const type = at >= 0 ? types[fresh.type[at]] : report.value?.type
      become({
        vehicle: reports.vehicle[row],
        id: id.value,
        type: type ?? '',
        eventTime: reports.eventTime[row],
        longitude: reports.longitude[row],
        latitude: reports.latitude[row],
        speed: reports.speed[row],
        heading: reports.heading[row],
        isSilent,
      })
    },
  }
}
