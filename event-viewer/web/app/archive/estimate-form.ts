import { reasonOf } from '@fleetlake/core'
import { type AskedAs, type Estimate, estimate, FIGURES, parseFleet } from '@fleetlake/event-estimator'
import type { ArchiveSummary } from '../../api/archive-summary.ts'

/** What is said of a fleet on the page; an empty field is null. */
export interface EstimateForm {
  vehicles: number | null
  /** Seconds between two reports. */
  intervalSeconds: number | null
  /** Of the day, while a vehicle reports. */
  drivingPercent: number | null
  cells: number | null
  bytesPerPosition: number | null
  years: number | null
}

export type ReadEstimate = { readonly estimate: Estimate } | { readonly fault: string }

export interface EstimateField {
  readonly name: keyof EstimateForm
  readonly label: string
  readonly min: number
  readonly step: number
}

export const ESTIMATE_FIELDS: readonly EstimateField[] = [
  { name: 'vehicles', label: 'Vehicles', min: 1, step: 100 },
  { name: 'intervalSeconds', label: 'A report every, s', min: 0.1, step: 1 },
  { name: 'drivingPercent', label: 'Reporting, % of the day', min: 1, step: 5 },
  { name: 'cells', label: 'Cells', min: 1, step: 1 },
  { name: 'bytesPerPosition', label: 'Bytes per position', min: 0.1, step: 0.5 },
  { name: 'years', label: 'Years', min: 1, step: 1 },
]

/** What a fault calls a field. @param unit what one of the field is of what is reckoned with */
const asked = (field: keyof EstimateForm, unit = 1): AskedAs => ({
  name: `“${ESTIMATE_FIELDS.find(({ name }) => name === field)?.label}”`,
  write: (value) => String(round(value / unit)),
})

/** Two digits behind the point. */
const round = (value: number): number => Math.round(value * 100) / 100

/** A city of the usual size, with what the archive knows of cells and bytes. */
export const startForm = (summary: Pick<ArchiveSummary, 'rows' | 'bytes' | 'cells'> | undefined): EstimateForm => ({
  vehicles: 1_500,
  intervalSeconds: 5,
  drivingPercent: 100,
  cells: summary === undefined || summary.cells.length === 0 ? 26 : summary.cells.length,
  bytesPerPosition:
    summary === undefined || summary.rows === 0 ? FIGURES.bytesPerPosition.value : round(summary.bytes / summary.rows),
  years: 7,
})

/** The estimate of what is said, or what is wrong with it, for people. */
export const readEstimate = (form: EstimateForm): ReadEstimate => {
  const { vehicles, intervalSeconds, drivingPercent, cells, bytesPerPosition, years } = form
  if (Object.values(form).some((value) => value === null)) return { fault: 'Fill in every field.' }
  try {
    const fleet = parseFleet(
      {
        vehicles,
        intervalMs: intervalSeconds! * 1_000,
        drivingShare: drivingPercent! / 100,
        cells,
        bytesPerPosition,
        years,
      },
      {
        vehicles: asked('vehicles'),
        intervalMs: asked('intervalSeconds', 1_000),
        drivingShare: asked('drivingPercent', 0.01),
        cells: asked('cells'),
        bytesPerPosition: asked('bytesPerPosition'),
        years: asked('years'),
      },
    )
    return { estimate: estimate(fleet) }
  } catch (error) {
    return { fault: reasonOf(error) }
  }
}
