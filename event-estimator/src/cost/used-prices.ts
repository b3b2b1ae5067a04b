import type { Provider } from '../prices/price.ts'

/** The parts of a bill, and the prices that each rests upon, by their names (see `namedPrices`). */
export interface UsedPrices {
  readonly storage: readonly string[]
  readonly requests: readonly string[]
  readonly machines: readonly string[]
  readonly disks: readonly string[]
}

/**
 * What a month is reckoned with: of tiers those that anything has come to by then, of requests those of the youngest.
 * @param month from 1
 * @param kept months that positions are kept
 */
export const usedPrices = (
  { id, tiers }: Pick<Provider, 'id' | 'tiers'>,
  { month, kept }: { readonly month: number; readonly kept: number },
): UsedPrices => {
  const [young] = tiers
  const reached = tiers.filter(({ fromMonth }) => fromMonth < Math.min(month, kept))
  const at = (tier: string, ...prices: readonly string[]): string[] =>
    prices.map((price) => `${id}.tiers.${tier}.${price}`)
  return {
    storage: reached.flatMap((tier) => at(tier.name, 'gbMonth', ...(tier === young ? [] : ['moves']))),
    requests: at(young.name, 'puts', 'gets'),
    machines: [`${id}.node`, `${id}.cluster`],
    disks: [`${id}.disk`],
  }
}
