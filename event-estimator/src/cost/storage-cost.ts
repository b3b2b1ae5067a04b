import { bytesOfUnit, type StorageTier } from '../prices/price.ts'
import type { ArchiveVolume } from '../volume/archive.ts'
import type { ProjectionVolume } from '../volume/projections.ts'

const DAYS_PER_MONTH = 365.25 / 12
const THOUSAND = 1_000

/** What lies in a tier, and comes into it, in a month. */
interface Share {
  readonly tier: StorageTier
  readonly months: number
  readonly isNew: boolean
}

/**
 * The tiers at the end of a month since the beginning: each holds the positions of the months that have its age.
 * @param month from 1
 * @param kept months that positions are kept
 */
const sharesOf = (tiers: readonly StorageTier[], month: number, kept: number): Share[] => {
  const age = Math.min(month, kept)
  return tiers.map((tier, i) => {
    const until = tiers[i + 1]?.fromMonth ?? Infinity
    const months = Math.max(0, Math.min(age, until) - tier.fromMonth)
    return { tier, months, isNew: i > 0 && age > tier.fromMonth }
  })
}

/** Dollars of a month for what lies in the store: positions by their age, what is derived from them and what waits for its deletion, which stay in the first tier, and what changes its tier. */
export const storageCost = (
  tiers: readonly StorageTier[],
  { archive, projections }: { readonly archive: ArchiveVolume; readonly projections: ProjectionVolume },
  { month, kept }: { readonly month: number; readonly kept: number },
): number => {
  const { filesPerDay, bytesPerFile, graceBytes, landedBytesPerDay } = archive
  const files = filesPerDay * DAYS_PER_MONTH
  const derivedBytes = projections.bytesPerDay * DAYS_PER_MONTH * Math.min(month, kept) + projections.graceBytes
  const youngBytes = graceBytes + landedBytesPerDay + derivedBytes
  const young = (youngBytes / bytesOfUnit(tiers[0].gbMonth)) * tiers[0].gbMonth.usd
  return sharesOf(tiers, month, kept).reduce((sum, { tier, months, isNew }) => {
    const billed = files * Math.max(bytesPerFile, tier.leastBytes)
    const moved = isNew ? (files / THOUSAND) * tier.moves.usd : 0
    return sum + ((billed * months) / bytesOfUnit(tier.gbMonth)) * tier.gbMonth.usd + moved
  }, young)
}
