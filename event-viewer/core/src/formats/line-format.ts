import type { AnswerFormat } from './answer-format.ts'
import { createStretches, type Stretch } from './stretches.ts'

/** A format that draws the ways of vehicles. */
export interface LineWriter {
  head(): string
  stretch(stretch: Stretch): string
  tail(status: string): string
}

export interface LineOptions {
  /** Two reports of a vehicle further apart are not joined by a line. */
  readonly gapMs: number
}

/** Rows must come sorted by vehicle and time. */
export const lineFormat = (
  writer: LineWriter,
  { isCutAtAntimeridian = false, gapMs }: LineOptions & { readonly isCutAtAntimeridian?: boolean },
): AnswerFormat => {
  let written = ''
  const stretches = createStretches({
    gapMs,
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
      return take() + writer.tail(status)
    },
  }
}
