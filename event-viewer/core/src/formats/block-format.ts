import type { Positions } from '@fleetlake/columnar'
import { createRowGatherer } from '../rows/gather-rows.ts'
import { type AnswerFormat, joinBytes } from './answer-format.ts'

/** A format of record batches or row groups, which want more rows than a batch of an answer has. */
export interface BlockWriter {
  head(): Uint8Array
  block(rows: Positions): Uint8Array
  tail(status: string): Uint8Array
}

export const blockFormat = (writer: BlockWriter, blockRows: number): AnswerFormat => {
  const gatherer = createRowGatherer({ blockRows })
  const blocks = (all: readonly Positions[]): Uint8Array[] => all.map((rows) => writer.block(rows))
  return {
    head: () => writer.head(),
    rows: (batch) => joinBytes(blocks(gatherer.add(batch))),
    tail: (status) => {
      const rest = gatherer.rest()
      return joinBytes([...blocks(rest === undefined ? [] : [rest]), writer.tail(status)])
    },
  }
}
