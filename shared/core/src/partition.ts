import { hashText, mix32 } from './hash.ts'

/** What decides a row's partition: where it is, which vehicle it is, or which group its vehicle belongs to. */
export const PARTITION_BY = ['cell', 'vehicle', 'vehicle-type'] as const
export type PartitionBy = (typeof PARTITION_BY)[number]

/** The partition of a cell: stable for ever, 0 … count − 1. */
export const partitionOfCell = (cell: number, count: number): number => mix32(cell) % count

/** The partition of a vehicle id or a vehicle type: stable for ever, 0 … count − 1. */
export const partitionOfText = (text: string, count: number): number => hashText(text) % count

/**
 * Which member owns a key (rendezvous hashing): every process that knows the same members gives the same answer,
 * and a member that comes or goes moves only its own keys.
 */
export const ownerOf = (key: string, members: readonly string[]): string | undefined => {
  let owner: string | undefined
  let highest = -1
  for (const member of members) {
    const weight = hashText(`${key} ${member}`)
    if (weight > highest || (weight === highest && member > owner!)) {
      owner = member
      highest = weight
    }
  }
  return owner
}
