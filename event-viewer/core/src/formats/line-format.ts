import type { MeasureSpec } from '@fleetlake/columnar'
import type { Gap, GapsUsed } from '../gaps/gap.ts'
import type { KnownCadences } from '../gaps/known-cadences.ts'
import type { AnswerFormat } from './answer-format.ts'
import { createStretches, type Stretch } from './stretches.ts'

/** A format that draws the ways of vehicles. */
export interface LineWriter {
  /** @param measures of the answer, in its order */
  head(measures: readonly MeasureSpec[]): string
  stretch(stretch: Stretch): string
  /** @param gaps undefined without a row */
  tail(status: string, gaps: GapsUsed | undefined): string
}

export interface LineOptions {
  /** Two reports of a vehicle with a gap between them are not joined by a line. */
  readonly gap: Gap
  /** Filled before the first row is written. */
  readonly cadences?: KnownCadences | undefined
}

/** Rows must come sorted by vehicle and time. */
export const lineFormat = (
  writer: LineWriter,
  { isCutAtAntimeridian = false, gap, cadences }: LineOptions & { readonly isCutAtAntimeridian?: boolean },
): AnswerFormat => {
  let written = ''
  let isBegun = false
  /** Before the first stretch: what the answer has is known then. */
  const begin = (): void => {
    if (isBegun) return
    isBegun = true
    written += writer.head(stretches.measures())
  }
  const stretches = createStretches({
    gap,
    cadences,
    isCutAtAntimeridian,
    onStretch: (stretch) => {
      begin()
      written += writer.stretch(stretch)
    },
  })
  const take = (): string => {
    const taken = written
    written = ''
    return taken
  }
  return {
    head: () => '',
    rows: (batch) => {
      stretches.add(batch)
      return take()
    },
    tail: (status) => {
      stretches.end()
      begin()
      return take() + writer.tail(status, stretches.used())
    },
    gaps: stretches.used,
  }
}
