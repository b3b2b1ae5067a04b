import { FleetError } from '@fleetlake/core'
import { z } from 'zod'
import type { Price, PriceList } from './price.ts'

/** Prices by the name of each, e.g. `aws.tiers.Standard.gbMonth` or `services.athenaTb`. */
export const namedPrices = ({ providers, services }: PriceList): Map<string, Price> =>
  new Map([
    ...providers.flatMap(({ id, tiers, node, cluster, disk }): [string, Price][] => [
      ...tiers.flatMap(({ name, gbMonth, puts, gets, retrieval, moves }) =>
        Object.entries({ gbMonth, puts, gets, retrieval, moves }).map(([what, price]): [string, Price] => [
          `${id}.tiers.${name}.${what}`,
          price,
        ]),
      ),
      [`${id}.node`, node],
      [`${id}.cluster`, cluster],
      [`${id}.disk`, disk],
    ]),
    ...Object.entries(services).map(([what, price]): [string, Price] => [`services.${what}`, price as Price]),
  ])

const ownSchema = z.record(z.string().max(200), z.number().min(0).max(1_000_000))

const unknown = (name: string, known: readonly string[]): FleetError =>
  new FleetError('usage.invalid', `"${name}" is not the name of a price; names are ${known.join(', ')}`)

/**
 * A list in which some prices are somebody's own; one that is as in the list stays that of the list.
 * @param given dollars by name; see `namedPrices`
 * @param source where they come from, for people
 * @throws FleetError `usage.invalid`
 */
export const withOwnPrices = (list: PriceList, given: unknown, source: string): PriceList => {
  const parsed = ownSchema.safeParse(given)
  if (!parsed.success) {
    throw new FleetError(
      'usage.invalid',
      `${source} must name prices and their dollars, such as aws.node: 0.05; ${parsed.error.issues[0].message}`,
    )
  }
  const known = [...namedPrices(list).keys()]
  for (const name of Object.keys(parsed.data)) if (!known.includes(name)) throw unknown(name, known)
  const own = (name: string, price: Price): Price =>
    (parsed.data[name] ?? price.usd) !== price.usd ? { usd: parsed.data[name], per: price.per, source } : price
  return {
    ...list,
    providers: list.providers.map((provider) => ({
      ...provider,
      tiers: provider.tiers.map((tier) => {
        const at = (what: string, price: Price): Price => own(`${provider.id}.tiers.${tier.name}.${what}`, price)
        return {
          ...tier,
          gbMonth: at('gbMonth', tier.gbMonth),
          puts: at('puts', tier.puts),
          gets: at('gets', tier.gets),
          retrieval: at('retrieval', tier.retrieval),
          moves: at('moves', tier.moves),
        }
      }),
      node: own(`${provider.id}.node`, provider.node),
      cluster: own(`${provider.id}.cluster`, provider.cluster),
      disk: own(`${provider.id}.disk`, provider.disk),
    })),
    services: Object.fromEntries(
      Object.entries(list.services).map(([what, price]) => [what, own(`services.${what}`, price as Price)]),
    ) as unknown as PriceList['services'],
  }
}

/** The prices of a list that were not looked up, by name; what is free is not among them. */
export const notLookedUp = (list: PriceList): string[] =>
  [...namedPrices(list)].filter(([, { usd, source }]) => usd > 0 && source === undefined).map(([name]) => name)
