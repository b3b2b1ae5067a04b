import { z } from 'zod'
import { count, sequence } from './fields.ts'

/** Move streams that a hub may have, and states of one that are of interest at a time, are few. */
const MOST_MARKS = 1_024

const mark = z.object({
  partition: count,
  created: z.string().max(64),
  epoch: count,
  from: sequence,
  sequence,
  timestampMs: z.number().int().optional(),
  last: sequence,
})

const marksFile = z.object({ marks: z.array(mark).max(MOST_MARKS) })

/** How far a collector has seen a stream filled: what the hub has acknowledged up to there, and does not hold any more, is lost. */
export interface StreamMark {
  readonly partition: number
  /** When the stream was made, as the server writes it. */
  readonly created: string
  readonly epoch: number
  /** Reading began behind this sequence: the epoch's, as long as the table holds nothing of it. */
  readonly from: number
  /** The furthest message that was read. */
  readonly sequence: number
  /** When the server stored it, ms since the epoch; undefined when that is not known. */
  readonly timestampMs?: number | undefined
  /** The last sequence that the stream was seen to hold. */
  readonly last: number
}

export const formatStreamMarks = (marks: readonly StreamMark[]): string => JSON.stringify({ marks })

/** @returns undefined for what is no file of marks */
export const parseStreamMarks = (text: string): readonly StreamMark[] | undefined => {
  try {
    return marksFile.parse(JSON.parse(text)).marks
  } catch {
    return undefined
  }
}
