import type { MeasureSpec, PositionRow } from '@fleetlake/columnar'
import { joinBytes } from '../formats/answer-format.ts'
import type { Gap } from '../gaps/gap.ts'
import type { KnownCadences } from '../gaps/known-cadences.ts'
import { FORMAT_TRAITS, type FormatName } from '../formats/format-names.ts'
import { openFormat } from '../formats/open-format.ts'
import { createRowCollector } from '../rows/collect-rows.ts'
import { foundPositions } from '../rows/found-positions.ts'
import { measuredPositions } from './measured-rows.ts'

export interface WriteFormatOptions {
  readonly status?: string
  readonly gap?: Gap
  readonly cadences?: KnownCadences
  readonly isSpreadsheetSafe?: boolean
  /** Columns that every batch has. */
  readonly measures?: readonly MeasureSpec[]
}

/** The file of an answer that came in these batches; sorted first for formats that want it. */
export const writeFormat = async (
  name: FormatName,
  batches: readonly (readonly PositionRow[])[],
  {
    status = 'complete',
    gap = 'automatic',
    cadences,
    isSpreadsheetSafe = false,
    measures = [],
  }: WriteFormatOptions = {},
): Promise<Uint8Array> => {
  const format = await openFormat(name, { gap, cadences, isSpreadsheetSafe })
  const positions = batches.map((rows) => measuredPositions(rows, measures))
  const collector = createRowCollector({ maxRows: Infinity })
  for (const batch of positions) collector.add(batch)
  const rows = FORMAT_TRAITS[name].isByVehicle ? foundPositions(collector.finish(), 7) : positions
  const pieces = [format.head()]
  for (const batch of rows) pieces.push(format.rows(batch))
  return joinBytes([...pieces, format.tail(status)])
}
