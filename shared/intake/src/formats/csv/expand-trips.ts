import { isFault } from '../../rows/row-fault.ts'
import { type Block, type BlockFault, valueOf } from '../block.ts'
import { expandPolyline, POLYLINE_COLUMNS } from '../json/expand-polyline.ts'

const NOTE = `a trip is a row for each point of its ${POLYLINE_COLUMNS.polyline}, one every 15 s from its ${POLYLINE_COLUMNS.time} on`
const NAMES = ['vehicle_id', 'event_time', 'longitude', 'latitude'] as const

/** The points of a block of trips, as rows: a trip is a line `TAXI_ID,TIMESTAMP,POLYLINE`, whose points have its place. A trip whose points can't be told is a fault. */
export const expandTrips = (block: Block): Block => {
  const ids: unknown[] = []
  const trips: number[] = []
  const [times, longitudes, latitudes]: [number[], number[], number[]] = [[], [], []]
  const faults: BlockFault[] = [...block.faults]
  const fieldOf = (name: string): ((row: number) => string | undefined) => {
    const field = block.fields[block.names.indexOf(name)]
    return (row) => (field === undefined ? undefined : (valueOf(field, row) as string | undefined))
  }
  const vehicle = fieldOf(POLYLINE_COLUMNS.vehicle)
  const timestamp = fieldOf(POLYLINE_COLUMNS.time)
  const polyline = fieldOf(POLYLINE_COLUMNS.polyline)
  const missing = fieldOf(POLYLINE_COLUMNS.missing)
  for (let row = 0; row < block.rows; row++) {
    const points = expandPolyline({
      timestamp: timestamp(row) ?? '',
      polyline: polyline(row) ?? '',
      missing: missing(row),
    })
    if (isFault(points)) {
      faults.push({ ...points, place: block.places[row], text: block.textOf(row) })
      continue
    }
    const id = vehicle(row)
    for (let i = 0; i < points.eventTime.length; i++) {
      ids.push(id)
      trips.push(row)
      times.push(points.eventTime[i])
      longitudes.push(points.longitude[i])
      latitudes.push(points.latitude[i])
    }
  }
  return {
    ...block,
    names: NAMES,
    fields: [
      { kind: 'value', values: ids },
      { kind: 'instant', values: Float64Array.from(times) },
      { kind: 'number', values: Float64Array.from(longitudes) },
      { kind: 'number', values: Float64Array.from(latitudes) },
    ],
    rows: trips.length,
    places: Float64Array.from(trips, (row) => block.places[row]),
    textOf: (row) => block.textOf(trips[row]),
    faults: faults.toSorted((a, b) => a.place - b.place),
    notes: [NOTE],
  }
}
