import { readFile } from 'node:fs/promises'
import { FleetError, reasonOf } from '@fleetlake/core'
import { type PriceList, PRICES, withOwnPrices } from '@fleetlake/event-estimator'
import { parse } from 'yaml'

/** The listed prices, some of them replaced by those of a file of YAML or JSON. @throws FleetError `usage.invalid` */
export const readPrices = async (path: string | undefined): Promise<PriceList> => {
  if (path === undefined) return PRICES
  let given: unknown
  try {
    given = parse(await readFile(path, 'utf8'), { maxAliasCount: 0 })
  } catch (cause) {
    throw new FleetError('usage.invalid', `the prices in ${path} can't be read: ${reasonOf(cause)}`, { cause })
  }
  return withOwnPrices(PRICES, given, path)
}
