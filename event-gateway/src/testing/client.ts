export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

/** Asks the gateway, and keeps cookies as a browser does. */
export interface Client {
  /** Names and values. */
  readonly cookies: Map<string, string>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  logIn(account: string, password: string): Promise<Answer>
  /** Another with the same cookies. */
  copy(): Client
}

export const createClient = (url: string, usual: Record<string, string> = {}): Client => {
  const cookies = new Map<string, string>()
  const ask = async (path: string, init: RequestInit, headers: Record<string, string>): Promise<Answer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(`${url}${path}`, {
      ...init,
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { cookie }), ...usual, ...headers },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (/max-age=0(;|$)/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : {} }
  }
  const client: Client = {
    cookies,
    get: (path, headers = {}) => ask(path, {}, headers),
    post: (path, body = {}, headers = {}) =>
      ask(path, { method: 'POST', body: JSON.stringify(body) }, { 'Content-Type': 'application/json', ...headers }),
    logIn: (account, password) => client.post('/v1/login', { account, password }),
    copy: () => {
      const other = createClient(url, usual)
      for (const [name, value] of cookies) other.cookies.set(name, value)
      return other
    },
  }
  return client
}
