import type { Block, BlockFault, Cursor } from '../block.ts'
import type { ReadOptions } from '../format.ts'
import { type BlockBuilder, createBlockBuilder } from './build-block.ts'

/**
 * Blocks of a format whose input can't be entered in its middle: its rows and faults are counted from the first on, and a cursor is how many lie before. Those before the cursor that was asked for are
 * passed over, so what lies before a block never changes it.
 */
export interface RowCounter {
  readonly fields: Pick<BlockBuilder, 'number' | 'time' | 'value' | 'keep'>
  /** Whether the next row is asked for. Where it is, it is set in `fields` and ended; else it is passed over. */
  begin(): boolean
  /** @param bytes that the row takes, or what comes near it */
  end(place: number, bytes: number, text?: string): void
  fault(fault: BlockFault): void
  /** The blocks that are whole. */
  take(): Block[]
  /** The rest too. */
  finish(): Block[]
}

/** Of a fault, with its sentences. */
const FAULT_BYTES = 200

export const createRowCounter = ({ from, blockBytes }: Pick<ReadOptions, 'from' | 'blockBytes'>): RowCounter => {
  const builder = createBlockBuilder()
  let blocks: Block[] = []
  let start: Cursor = from
  let count = 0
  let bytes = 0

  const isPassed = (): boolean => {
    if (count >= from.at) return false
    count++
    return true
  }
  const cut = (next: Cursor): void => {
    blocks.push(builder.cut(start, next))
    start = next
    bytes = 0
  }
  const counted = (place: number, more: number): void => {
    count++
    bytes += more
    lastPlace = place
    if (bytes >= blockBytes) cut({ at: count, place: place + 1 })
  }
  let lastPlace = from.place
  const take = (): Block[] => {
    const taken = blocks
    blocks = []
    return taken
  }
  return {
    fields: builder,
    begin: () => !isPassed(),
    end: (place, more, text) => {
      builder.endRow(place, text)
      counted(place, more)
    },
    fault: (fault) => {
      if (isPassed()) return
      builder.fault(fault)
      counted(fault.place, FAULT_BYTES + fault.text.length)
    },
    take,
    finish: () => {
      if (!builder.isEmpty()) cut({ at: count, place: lastPlace + 1 })
      return take()
    },
  }
}
