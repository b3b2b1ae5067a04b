import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { HUB_SERVICES, type HubService } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { newIssuerSeed } from '@fleetlake/broker/nats/logins'
import { z } from 'zod'
import { provideSecretFile, readSecretFile } from '../secrets/secret-file.ts'

/** What a hub that asks everyone who they are goes by. Who has them is every service, and lets in whom they like. */
export interface HubKeys {
  /** Of each service's user (`serviceUser`). */
  readonly passwords: Readonly<Record<HubService, string>>
  /** Of the user in the server's system account that ends connections (`SYSTEM_USER`). */
  readonly systemPassword: string
  /** What the gateway signs with whom it lets in: the seed of an account's nkey. */
  readonly issuerSeed: string
}

const password = z.string().regex(/^[A-Za-z0-9_-]{32,200}$/)

const schema = z.object({
  passwords: z.object(
    Object.fromEntries(HUB_SERVICES.map((service) => [service, password])) as Record<HubService, typeof password>,
  ),
  systemPassword: password,
  issuerSeed: z.string().startsWith('SA').max(200),
})

export const hubKeysFile = (folder: string): string => join(folder, 'hub-keys.json')

const newPassword = (): string => randomBytes(32).toString('base64url')

const newKeys = (): HubKeys => ({
  passwords: Object.fromEntries(HUB_SERVICES.map((service) => [service, newPassword()])) as HubKeys['passwords'],
  systemPassword: newPassword(),
  issuerSeed: newIssuerSeed(),
})

/** @throws FleetError `config.invalid` */
const parse = (text: string, file: string): HubKeys => {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new FleetError('config.invalid', `${file} holds no keys of a hub: remove it, and new ones are made`, {
      cause,
    })
  }
}

/**
 * The keys of the hub whose streams are in a folder; made when there are none, and kept, so that services on other machines go on.
 * @throws FleetError `config.invalid` for a file that others can read or that holds none
 */
export const provideHubKeys = async (folder: string): Promise<HubKeys> => {
  const file = hubKeysFile(folder)
  return parse(await provideSecretFile(file, () => `${JSON.stringify(newKeys(), undefined, 2)}\n`), file)
}

/** @throws FleetError `config.invalid` where there are none, with what to set instead */
export const readHubKeys = async (folder: string, instead: string): Promise<HubKeys> => {
  const file = hubKeysFile(folder)
  let text: string
  try {
    text = await readSecretFile(file)
  } catch (cause) {
    if (cause instanceof FleetError) throw cause
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : `can't be read (${reasonOf(cause)})`
    throw new FleetError(
      'config.invalid',
      `with auth: required the hub asks who connects, and ${file}, which the bundled hub makes, ${reason}: set ${instead}`,
      { cause },
    )
  }
  return parse(text, file)
}
