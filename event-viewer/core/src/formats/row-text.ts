import { COLUMNS, type Positions } from '@fleetlake/columnar'
import { isSameVehicle, vehicleIdAt } from '../rows/vehicle-ids.ts'

const OPTIONAL = COLUMNS.filter((column) => !column.isRequired)

/** The columns of which a row may have no value. */
export const OPTIONAL_NAMES: readonly string[] = OPTIONAL.map(({ name }) => name)

/** One row as text: the id and the type as the format writes texts, those of its numbers that may be missing as the format writes them, in the order of `OPTIONAL_NAMES`. */
export type WriteRow = (
  id: string,
  type: string,
  time: string,
  longitude: number,
  latitude: number,
  optional: readonly string[],
) => string

/** The optional values as members of a JSON object, after others. */
export const optionalJson = (values: readonly string[]): string => {
  let members = ''
  for (let i = 0; i < values.length; i++) members += `,"${OPTIONAL_NAMES[i]}":${values[i]}`
  return members
}

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
      OPTIONAL.map(({ key }) => float32Text(batch[key][i]) ?? none),
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
