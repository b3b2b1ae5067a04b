import type { StreamPosition } from '@fleetlake/contracts'

/** How far a run filled the streams, by the reports of its agents. */
export interface MergedStreams {
  /** One per partition, ascending: the highest sequence of the latest incarnation. */
  readonly streams: StreamPosition[]
  /** Streams of which agents saw more than one incarnation: what the earlier one held may be lost. */
  readonly replaced: string[]
}

export const mergeStreams = (lists: readonly (readonly StreamPosition[])[]): MergedStreams => {
  const latest = new Map<number, StreamPosition>()
  const replaced = new Set<string>()
  for (const position of lists.flat()) {
    const known = latest.get(position.partition)
    if (known !== undefined && known.created !== position.created) replaced.add(position.stream)
    if (known === undefined || isLater(position, known)) latest.set(position.partition, position)
  }
  return {
    streams: [...latest.values()].toSorted((a, b) => a.partition - b.partition),
    replaced: [...replaced].toSorted(),
  }
}

const isLater = (a: StreamPosition, b: StreamPosition): boolean =>
  a.created === b.created ? a.sequence > b.sequence : Date.parse(a.created) > Date.parse(b.created)
