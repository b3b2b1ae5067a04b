import type { Format, Input } from '../formats/format.ts'

/** An input whose format is known. */
export interface OpenedInput {
  readonly input: Input
  readonly format: Format
  /** What its name says of the vehicle. */
  readonly vehicleId?: string | undefined
}
