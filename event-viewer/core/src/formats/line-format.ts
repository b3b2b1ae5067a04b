import type { Gap, GapsUsed } from '../gaps/gap.ts'
import type { AnswerFormat } from './answer-format.ts'
import { createStretches, type Stretch } from './stretches.ts'

/** A format that draws the ways of vehicles. */
export interface LineWriter {
  head(): string
  stretch(stretch: Stretch): string
  /** @param gaps undefined without a row */
  tail(status: string, gaps: GapsUsed | undefined): string
}

export interface LineOptions {
  /** Two reports of a vehicle with a gap between them are not joined by a line. */
  readonly gap: Gap
}

/** Rows must come sorted by vehicle and time. */
export const lineFormat = (
  writer: LineWriter,
  { isCutAtAntimeridian = false, gap }: LineOptions & { readonly isCutAtAntimeridian?: boolean },
): AnswerFormat => {
  let written = ''
  const stretches = createStretches({
    gap,
    isCutAtAntimeridian,
    onStretch: (stretch) => {
      written += writer.stretch(stretch)
    },
  })
  const take = (): string => {
    const taken = written
    written = ''
    return taken
  }
  return {
    head: () => writer.head(),
    rows: (batch) => {
      stretches.add(batch)
      return take()
    },
    tail: (status) => {
      stretches.end()
      return take() + writer.tail(status, stretches.used())
    },
    gaps: stretches.used,
  }
}
