import { FleetError } from '@fleetlake/core'
import { type FlatRow, microsOf, millisOf } from '../small/small-file.ts'
import type { LossRow } from './loss.ts'

/** The columns of the table `losses`. */
export const LOSS_COLUMNS = [
  ['kind', 'string'],
  ['id', 'string'],
  ['stream', 'string'],
  ['created', 'string'],
  ['epoch', 'long'],
  ['partition', 'integer'],
  ['from_sequence', 'long'],
  ['to_sequence', 'long'],
  ['first_stored', 'timestamp'],
  ['last_stored', 'timestamp'],
  ['partitions', 'integer'],
  ['geohash_length', 'integer'],
  ['told_at', 'timestamp'],
  ['settled_at', 'timestamp'],
  ['settled_by', 'string'],
  ['note', 'string'],
] as const

type Flat = FlatRow<typeof LOSS_COLUMNS>

export const flatLoss = (row: LossRow): Flat => {
  const { kind, id } = row
  if (row.kind === 'settled') {
    return { kind, id, settled_at: microsOf(row.at), settled_by: row.by, note: row.note }
  }
  const { stream, created, epoch, partition, from, to, firstStored, lastStored, toldAt } = row
  return {
    kind,
    id,
    stream,
    created,
    epoch: BigInt(epoch),
    partition,
    from_sequence: BigInt(from),
    to_sequence: to === undefined ? undefined : BigInt(to),
    first_stored: firstStored === undefined ? undefined : microsOf(firstStored),
    last_stored: microsOf(lastStored),
    partitions: row.partitions,
    geohash_length: row.geohashLength,
    told_at: microsOf(toldAt),
  }
}

const timeOf = (micros: bigint | undefined): number | undefined => (micros === undefined ? undefined : millisOf(micros))

/** @throws FleetError `table.invalid` without what every loss has */
export const lossOfFlat = (row: Flat, where: string): LossRow => {
  const needed = (column: 'epoch' | 'partition' | 'from_sequence'): number => {
    const value = row[column]
    if (value !== undefined) return Number(value)
    throw new FleetError('table.invalid', `${where} has a row of losses without ${column}`)
  }
  const neededTime = (column: 'settled_at' | 'last_stored' | 'told_at'): number => {
    const time = timeOf(row[column])
    if (time !== undefined) return time
    throw new FleetError('table.invalid', `${where} has a row of losses without ${column}`)
  }
  const { id = '', stream = '', created = '', settled_by: by = '', note = '' } = row
  if (row.kind === 'settled') return { kind: 'settled', id, at: neededTime('settled_at'), by, note }
  return {
    kind: 'loss',
    id,
    stream,
    created,
    epoch: needed('epoch'),
    partition: needed('partition'),
    from: needed('from_sequence'),
    to: row.to_sequence === undefined ? undefined : Number(row.to_sequence),
    firstStored: timeOf(row.first_stored),
    lastStored: neededTime('last_stored'),
    partitions: row.partitions,
    geohashLength: row.geohash_length,
    toldAt: neededTime('told_at'),
  }
}
