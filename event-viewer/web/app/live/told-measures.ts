import type { ArchiveSummary } from '../../api/archive-summary.ts'
import type { LiveMeasure } from '../hub/live/live-frame.ts'

type Columns = ArchiveSummary['measures']

/** What a vehicle says, with what the table says of its columns; what is well known is said already. */
export const toldMeasures = (measures: readonly LiveMeasure[], columns: Columns): readonly LiveMeasure[] =>
  measures.map((measure) => ({ ...columns.find(({ name }) => name === measure.name), ...measure }))

/** Whether the table might know more of some of them than is known. */
export const needsTable = (measures: readonly LiveMeasure[], columns: Columns): boolean =>
  measures.some(
    ({ name, value, unit }) =>
      typeof value === 'number' && unit === undefined && !columns.some((column) => column.name === name),
  )
