import { FleetError } from '@fleetlake/core'
import { secureHeaders } from 'hono/secure-headers'

export interface PolicyOptions {
  /** `'sha256-…'` of the scripts that are written into the page. */
  readonly scripts: () => readonly string[]
  /** Where the page reaches the hub, when that is not its own host. */
  readonly hubUrl: string | undefined
  readonly websocketPort: number
  /** By which people come to the page. */
  readonly hosts: readonly string[]
  /** Where a map from elsewhere is loaded from. */
  readonly mapOrigins: () => readonly string[]
}

/**
 * The headers of every answer. The page may load what this service serves, run the scripts that it was built with, and talk to the hub
 * and to the host of a configured map; nothing else, and no other page may frame it. Nuxt UI writes its colours as styles into the page.
 * @throws FleetError `config.invalid` for an invalid address of the hub
 */
export const securePage = (options: PolicyOptions): ReturnType<typeof secureHeaders> => {
  const { scripts, hubUrl, websocketPort, hosts, mapOrigins } = options
  const hubOrigins = hubUrl === undefined ? hosts.flatMap((host) => hubAt(host, websocketPort)) : [originOf(hubUrl)]
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", () => scripts().join(' ')],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:', () => mapOrigins().join(' ')],
      connectSrc: ["'self'", ...hubOrigins, () => mapOrigins().join(' ')],
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    // It is served without TLS: a proxy with TLS in front says so there.
    strictTransportSecurity: false,
  })
}

const originOf = (url: string): string => {
  if (URL.canParse(url)) return new URL(url).origin
  throw new FleetError('config.invalid', `viewer.hubUrl is not an address: ${url}`)
}

const hubAt = (host: string, port: number): string[] => ['ws', 'wss'].map((scheme) => `${scheme}://${host}:${port}`)
