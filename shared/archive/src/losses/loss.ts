import { createHash } from 'node:crypto'

/**
 * Messages that the hub acknowledged and that will never be in the table: they were gone from their stream before they were archived. Times are ms
 * since the epoch.
 */
export interface Loss {
  readonly stream: string
  /** When the stream was made, as the server writes it. */
  readonly created: string
  /** Of the stream, as the table counts: it was rolled back so often. */
  readonly epoch: number
  readonly partition: number
  /** The first sequence. */
  readonly from: number
  /** The last sequence; undefined when it is not known whether there was any: then the loss is a possible one. */
  readonly to: number | undefined
  /** They were stored no earlier; undefined when that is not known. */
  readonly firstStored: number | undefined
  /** They were stored no later. */
  readonly lastStored: number
  /**
   * The number of partitions over which rows were spread by their cells of `geohashLength` characters; undefined when any partition may have held
   * any cell.
   */
  readonly partitions: number | undefined
  readonly geohashLength: number | undefined
  readonly toldAt: number
}

/** An operator has dealt with a loss: what could be done was done, and searches are complete without it. */
export interface Settlement {
  readonly at: number
  readonly by: string
  readonly note: string
}

/** A loss as it is in the table `losses`. */
export interface KnownLoss extends Loss {
  readonly id: string
  readonly settled: Settlement | undefined
}

/** A row of the table `losses`. */
export type LossRow =
  | ({ readonly kind: 'loss'; readonly id: string } & Loss)
  | ({ readonly kind: 'settled'; readonly id: string } & Settlement)

/** What a loss is known by: recorded twice it is one. */
export const lossId = ({ stream, created, epoch, from, to }: Loss): string =>
  createHash('sha256')
    .update(`${stream}@${created}#${epoch} ${from}-${to ?? ''}`)
    .digest('hex')
    .slice(0, 12)

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : Math.min(a, b)

/** Invariant: of rows about the same loss the widest times hold, and where they disagree about cells any may be missing. */
const widen = (known: KnownLoss, row: Loss): KnownLoss => {
  const isSame = known.partitions === row.partitions && known.geohashLength === row.geohashLength
  return {
    ...known,
    firstStored: earlier(known.firstStored, row.firstStored),
    lastStored: Math.max(known.lastStored, row.lastStored),
    toldAt: Math.min(known.toldAt, row.toldAt),
    partitions: isSame ? known.partitions : undefined,
    geohashLength: isSame ? known.geohashLength : undefined,
  }
}

/** The losses in rows, each once, in the order in which they were recorded; rows may come in any order. */
export const lossesOf = (rows: Iterable<LossRow>): KnownLoss[] => {
  const losses = new Map<string, KnownLoss>()
  const settlements = new Map<string, Settlement>()
  for (const row of rows) {
    const { id } = row
    if (row.kind === 'settled') {
      const { at, by, note } = row
      const before = settlements.get(id)
      if (before === undefined || before.at <= at) settlements.set(id, { at, by, note })
      continue
    }
    const { kind: _, ...loss } = row
    const known = losses.get(id)
    losses.set(id, known === undefined ? { ...loss, settled: undefined } : widen(known, loss))
  }
  return Array.from(losses.values(), (loss) => ({ ...loss, settled: settlements.get(loss.id) })).toSorted(
    (a, b) => a.toldAt - b.toldAt || a.partition - b.partition || a.from - b.from,
  )
}

interface Span {
  readonly from: number
  readonly to: number
}

/** The parts of a span that are in none of some others. */
const without = (span: Span, others: readonly Span[]): readonly Span[] =>
  others.reduce<readonly Span[]>(
    (parts, { from, to }) =>
      parts.flatMap((part) =>
        to < part.from || part.to < from
          ? [part]
          : [
              { from: part.from, to: from - 1 },
              { from: to + 1, to: part.to },
            ].filter((left) => left.from <= left.to),
      ),
    [span],
  )

/**
 * The rows by which some losses become known. Invariant: a message is in one certain loss of its stream at most, however often and within whatever others it is told: of a loss
 * of which a part is recorded the rest alone is.
 */
export const newLosses = (recorded: readonly LossRow[], told: readonly Loss[]): LossRow[] => {
  const known = recorded.filter((row) => row.kind === 'loss')
  const added: LossRow[] = []
  for (const loss of told) {
    const { to } = loss
    const ofState = known.filter(
      ({ stream, created, epoch }) => stream === loss.stream && created === loss.created && epoch === loss.epoch,
    )
    const spans = ofState.flatMap((one) => (one.to === undefined ? [] : [{ from: one.from, to: one.to }]))
    const isKnown = to === undefined && ofState.some((one) => one.to === undefined && one.from === loss.from)
    const parts = to === undefined ? (isKnown ? [] : [loss]) : without({ from: loss.from, to }, spans)
    for (const part of parts) {
      const one = { ...loss, from: part.from, to: part.to }
      const row = { kind: 'loss', id: lossId(one), ...one } as const
      known.push(row)
      added.push(row)
    }
  }
  return added
}

/** Losses that searches still have to report. */
export const unsettled = (losses: readonly KnownLoss[]): KnownLoss[] =>
  losses.filter(({ settled }) => settled === undefined)
