import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import type { Page } from 'playwright-core'

/** The gateway, as the provider knows it. */
export const CLIENT = { id: 'fleet', secret: 'client-secret-of-the-gateway' }
/** Of the provider's people. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  anna: ['staff', 'fleet-dispatch', 'fleet-investigate'],
  ben: ['staff'],
}

export interface TestProvider {
  readonly issuer: string
  close(): void
}

export interface TestProviderOptions {
  /** Where people are sent back to. */
  readonly callback: string
  /** Changes the address by which a person is sent back. */
  readonly changeWayBack?: (callback: URL) => void
}

/** A provider of OpenID Connect whose people log in with any password, at another host than the gateway as a browser sees it. */
export const startProvider = async ({
  callback,
  changeWayBack = () => {},
}: TestProviderOptions): Promise<TestProvider> => {
  const web = createServer().listen(0, '127.0.0.1')
  await once(web, 'listening')
  const issuer = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
  const sentTo = <Value>(location: Value): Value | string => {
    if (!String(location).includes('/v1/login/openid/callback?')) return location
    const changed = new URL(String(location))
    changeWayBack(changed)
    return changed.href
  }
  web.on('request', (request, response) => {
    const setHeader = response.setHeader.bind(response)
    response.setHeader = (name, value) => setHeader(name, name.toLowerCase() === 'location' ? sentTo(value) : value)
    void handle(request, response)
  })
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [callback] }],
    cookies: { keys: ['of-the-test'] },
    claims: { openid: ['sub'], fleet: ['groups'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, groups: [...(GROUPS[id] ?? [])] }) }),
  })
  const handle = provider.callback()
  return { issuer, close: () => void web.close() }
}

/** Fills in the provider's own forms, as far as it sends the person back. */
export const logInAtProvider = async (page: Page, name: string): Promise<void> => {
  await page.locator('input[name=login]').fill(name)
  await page.locator('input[name=password]').fill('any')
  await page.locator('button[type=submit]').click()
  await page.getByRole('button', { name: 'Continue' }).click()
}
