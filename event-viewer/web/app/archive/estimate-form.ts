import { reasonOf } from '@fleetlake/core'
import { type Estimate, estimate, FIGURES, parseFleet } from '@fleetlake/event-estimator'
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
    const fleet = parseFleet({
      vehicles,
      intervalMs: intervalSeconds! * 1_000,
      drivingShare: drivingPercent! / 100,
      cells,
      bytesPerPosition,
      years,
    })
    return { estimate: estimate(fleet) }
  } catch (error) {
    return { fault: reasonOf(error) }
  }
}
