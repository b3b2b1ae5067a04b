import { reasonOf } from '@fleetlake/core'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { setCookie } from 'hono/cookie'
import { LOGIN_FAULT_COOKIE } from '../../api/login.ts'
import type { AskGateway } from './ask-gateway.ts'

export interface ForwardOptions {
  readonly ask: AskGateway
  /** Told before the answer is given that somebody has logged in or out. */
  readonly onLogin: () => void
  /** Told that the gateway does not answer. */
  readonly onFault: (reason: string) => void
}

const BODY_BYTES = 64 * 1024
/** Characters of what a person is told of a login by a provider that failed. */
const MOST_TOLD = 300

/** `/v1/*` of the gateway at the viewer's own origin: the page's cookies are of one host, and its policy names no other. */
export const createForward = ({ ask, onLogin, onFault }: ForwardOptions): Hono => {
  const app = new Hono()
  app.use(bodyLimit({ maxSize: BODY_BYTES, onError: (c) => problem(c, 413, 'this is longer than 64 KiB') }))
  app.all('*', async (c) => {
    const { method } = c.req
    const { pathname, search } = new URL(c.req.url)
    try {
      const body = ['GET', 'HEAD'].includes(method) ? undefined : await c.req.arrayBuffer()
      const answer = await ask(c, { method, path: pathname + search, body })
      if (answer.headers.has('set-cookie')) onLogin()
      return wentThere(c) && isProblem(answer) ? toPage(c, answer) : answer
    } catch (error) {
      if (!c.req.raw.signal.aborted) onFault(reasonOf(error))
      const away = problem(c, 502, GATEWAY_AWAY)
      return wentThere(c) ? toPage(c, away) : away
    }
  })
  return app
}

/** Whether a person is there, on the way to a provider or back, and no page that can read an answer. */
const wentThere = (c: Context): boolean =>
  c.req.method === 'GET' && c.req.header('Sec-Fetch-Mode') === 'navigate' && c.req.path.startsWith('/v1/login/openid')

const isProblem = (answer: Response): boolean => answer.headers.get('content-type') === PROBLEM

/** The page tells what has gone wrong; by a cookie, since what an address says could be anybody's words. */
const toPage = async (c: Context, answer: Response): Promise<Response> => {
  const { title } = (await answer.json()) as { readonly title?: unknown }
  for (const cookie of answer.headers.getSetCookie()) c.header('Set-Cookie', cookie, { append: true })
  setCookie(c, LOGIN_FAULT_COOKIE, String(title).slice(0, MOST_TOLD), { path: '/', sameSite: 'Lax', maxAge: 60 })
  c.header('Cache-Control', 'no-store')
  return c.redirect('/', 303)
}

export const GATEWAY_AWAY =
  'the gateway, where people log in, does not answer: try again, and see that it runs if this lasts'

const PROBLEM = 'application/problem+json'

const problem = (c: Context, status: 413 | 502, title: string): Response =>
  c.body(JSON.stringify({ title, status }), status, { 'Content-Type': PROBLEM })
