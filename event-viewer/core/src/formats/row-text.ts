import type { Positions } from '@fleetlake/columnar'
import { isSameVehicle, vehicleIdAt } from '../rows/vehicle-ids.ts'

/** One row as text: the id and the type as the format writes texts, the speed and the heading as it writes none. */
export type WriteRow = (
  id: string,
  type: string,
  time: string,
  longitude: number,
  latitude: number,
  speed: string,
  heading: string,
) => string

interface Writing {
  readonly text: (value: string) => string
  /** Of a value that is not known. */
  readonly none: string
  readonly row: WriteRow
}

/** Texts are written once for each run of equal ones: a batch has few types, and its rows come by vehicle. */
export const writeRows = (batch: Positions, { text, none, row }: Writing): string => {
  const { length, vehicleType, vehicleTypes, eventTime } = batch
  const types = vehicleTypes.map(text)
  let id = ''
  let written = ''
  for (let i = 0; i < length; i++) {
    if (i === 0 || !isSameVehicle(batch, i)) id = text(vehicleIdAt(batch, i))
    written += row(
      id,
      types[vehicleType[i]],
      new Date(eventTime[i]).toISOString(),
      batch.longitude[i],
      batch.latitude[i],
      float32Text(batch.speed[i]) ?? none,
      float32Text(batch.heading[i]) ?? none,
    )
  }
  return written
}

/** The shortest decimal number that is this float32; undefined for what is no number, and so no value. */
export const float32Text = (value: number): string | undefined => {
  if (!Number.isFinite(value)) return undefined
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}
