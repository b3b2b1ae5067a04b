import { REVISION } from '@fleetlake/columnar'
import type { ReportMeasure } from './date-reader.ts'

/** Whether two reports say the same beside, which revision it is apart. Both have the same measures, in the same order. */
export const isSameMeasures = (
  a: readonly ReportMeasure[],
  i: number,
  b: readonly ReportMeasure[],
  j: number,
): boolean => a.every(({ spec, values }, at) => spec.name === REVISION || values[i] === b[at].values[j])
