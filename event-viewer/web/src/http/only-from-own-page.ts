import type { MiddlewareHandler } from 'hono'

export interface OwnPageOptions {
  /** By which people come to the page. */
  readonly hosts: readonly string[]
  /** What others are told. */
  readonly refusal: string
}

/**
 * Another site's page can't have a browser send files or read what is told here: a browser says where a request comes from, and the host has to be one of this viewer's own, since a name that others own may be pointed at this
 * machine. What is no browser says nothing, and has no one's rights to borrow.
 */
export const onlyFromOwnPage =
  ({ hosts, refusal }: OwnPageOptions): MiddlewareHandler =>
  async (c, next) => {
    const origin = c.req.header('Origin')
    const site = c.req.header('Sec-Fetch-Site')
    const isOwn =
      (site === undefined || site === 'same-origin' || (site === 'none' && c.req.method === 'GET')) &&
      (origin === undefined || hosts.includes(hostOf(origin))) &&
      hosts.includes(hostOf(`http://${c.req.header('Host') ?? ''}`))
    return isOwn ? next() : c.text(refusal, 403)
  }

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '')
