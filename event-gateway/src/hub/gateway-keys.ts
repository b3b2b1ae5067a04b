import type { Config } from '@fleetlake/contracts'
import { readHubKeys } from '@fleetlake/service'

/** What only a gateway uses of the hub's keys. */
export interface GatewayKeys {
  /** What it signs with whom the hub lets in. */
  readonly issuerSeed: string
  /** Of the system's user; undefined where it is not configured and the hub is not of this machine. */
  readonly systemPassword: string | undefined
}

/**
 * As configured, else those of the bundled hub.
 * @throws FleetError `config.invalid` when there are none
 */
export const gatewayKeys = async ({ gateway, hub }: Pick<Config, 'gateway' | 'hub'>): Promise<GatewayKeys> => {
  const { hubIssuerSecret, hubSystemPassword } = gateway
  if (hubIssuerSecret !== undefined) return { issuerSeed: hubIssuerSecret, systemPassword: hubSystemPassword }
  const instead = 'gateway.hubIssuerSecret (FLEET_GATEWAY_HUB_ISSUER_SECRET) to the seed of the hub’s issuer'
  const { issuerSeed, systemPassword } = await readHubKeys(hub.dataDir, instead)
  return { issuerSeed, systemPassword: hubSystemPassword ?? systemPassword }
}
