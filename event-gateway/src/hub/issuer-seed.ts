import type { Config } from '@fleetlake/contracts'
import { readHubKeys } from '@fleetlake/service'

/**
 * What the gateway signs with whom the hub lets in.
 * @throws FleetError `config.invalid` when there is none
 */
export const issuerSeedOf = async ({ gateway, hub }: Pick<Config, 'gateway' | 'hub'>): Promise<string> =>
  gateway.hubIssuerSecret ??
  (
    await readHubKeys(
      hub.dataDir,
      'gateway.hubIssuerSecret (FLEET_GATEWAY_HUB_ISSUER_SECRET) to the seed of the hub’s issuer',
    )
  ).issuerSeed
