import { hashBytes, hashText, mix32 } from './hash.ts'

/** What decides a row's partition: where it is, which vehicle it is, or which group its vehicle belongs to. */
export const PARTITION_BY = ['cell', 'vehicle', 'vehicle-type'] as const
export type PartitionBy = (typeof PARTITION_BY)[number]

/** Of a hash of 32 bits, exactly what `%` gives: that takes five times as long for numbers beyond 2^31. */
const remainder = (hash: number, count: number): number => hash - Math.floor(hash / count) * count

/** The partition of a cell: stable for ever, 0 … count − 1. */
export const partitionOfCell = (cell: number, count: number): number => remainder(mix32(cell), count)

/** The partition of a vehicle id or a vehicle type: stable for ever, 0 … count − 1. */
export const partitionOfText = (text: string, count: number): number => remainder(hashText(text), count)

/** The same of a text's bytes in UTF-8. */
export const partitionOfBytes = (bytes: Uint8Array, from: number, to: number, count: number): number =>
  remainder(hashBytes(bytes, from, to), count)

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
