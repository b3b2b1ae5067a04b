import { LOGIN_FAULT_COOKIE } from '../../api/login.ts'
import { sentenceOf } from '../shell/sentence.ts'

/** How one may log in here. */
export interface LoginWays {
  /** Host of the provider of logins; undefined without one. */
  readonly provider: string | undefined
}

/** What the gateway answers instead of what was asked for. */
interface Problem {
  readonly title?: string
  readonly ways?: readonly string[]
  readonly provider?: string
}

const UNANSWERED = 'The viewer’s service does not answer: try again once it is back.'

/** @returns a sentence where they can't be had */
export const fetchLoginWays = async (): Promise<LoginWays | string> => {
  const answer = await ask('/v1/me')
  if (typeof answer === 'string') return answer
  const { status, problem } = answer
  if (status === 200) return { provider: undefined }
  if (status !== 401) return faultOf(status, problem)
  const hasProvider = problem.ways?.includes('openid') === true
  return { provider: hasProvider ? (problem.provider ?? 'your provider') : undefined }
}

/** @returns why it has failed, in a sentence; undefined once logged in */
export const logIn = (account: string, password: string): Promise<string | undefined> =>
  send('/v1/login', { account, password })

/** Ends the sessions of the person, on all devices. @returns why it has failed, in a sentence */
export const logOut = (): Promise<string | undefined> => send('/v1/logout', {})

/** Where one logs in at the provider, and comes back from to where one is. */
export const providerPath = (): string => `/v1/login/openid?to=${encodeURIComponent(location.href)}`

/** Why a login at the provider has failed, once. */
export const takeLoginFault = (): string | undefined => {
  const found = new RegExp(`(?:^|; )${LOGIN_FAULT_COOKIE}=([^;]*)`).exec(document.cookie)?.[1]
  if (found === undefined) return undefined
  document.cookie = `${LOGIN_FAULT_COOKIE}=; path=/; max-age=0`
  return sentenceOf(decodeURIComponent(found))
}

const send = async (path: string, body: object): Promise<string | undefined> => {
  const answer = await ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (typeof answer === 'string') return answer
  const { status, problem } = answer
  return status < 300 ? undefined : faultOf(status, problem)
}

const faultOf = (status: number, { title }: Problem): string =>
  title === undefined ? `The gateway answered ${status}: its log says why.` : sentenceOf(title)

const ask = async (
  path: string,
  request: RequestInit = {},
): Promise<{ readonly status: number; readonly problem: Problem } | string> => {
  try {
    const response = await fetch(path, request)
    const problem = (await response.json().catch(() => ({}))) as Problem
    return { status: response.status, problem }
  } catch {
    return UNANSWERED
  }
}
