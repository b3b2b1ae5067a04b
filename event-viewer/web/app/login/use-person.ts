import type { Right } from '@fleetlake/contracts'
import { shallowRef, type ShallowRef } from 'vue'
import type { ViewerPerson } from '../../api/viewer-person.ts'

export type PersonState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'known'; readonly person: ViewerPerson }
  /** Somebody has to log in; `hasEnded`: somebody was logged in when the page was opened. */
  | { readonly kind: 'nobody'; readonly hasEnded: boolean }
  /** It is not known, for people. */
  | { readonly kind: 'failed'; readonly reason: string }

/** While the page is seen it looks this often whether the login still holds, and is still of the same person. */
const LOOK_MS = 15_000

const state = shallowRef<PersonState>({ kind: 'asking' })
const enders = new Set<() => void>()

export const usePersonState = (): Readonly<ShallowRef<PersonState>> => state

/** Asks who has opened the page. */
export const askPerson = async (): Promise<void> => {
  const found = await fetchPerson()
  state.value = found
  if (found.kind !== 'known' || found.person.account === null) return
  setInterval(() => void look(), LOOK_MS)
  document.addEventListener('visibilitychange', () => void look())
}

/** The login has ended: what was there is shown no more, until the same or another person logs in. */
export const endLogin = (): void => {
  if (state.value.kind !== 'known') return
  state.value = { kind: 'nobody', hasEnded: true }
  for (const end of enders) end()
}

/** Told when the login has ended. */
export const onLoginEnd = (end: () => void): void => void enders.add(end)

/** Where nobody is known it is nobody, who may nothing. Once a page is shown it does not change. */
export const knownPerson = (): ViewerPerson =>
  state.value.kind === 'known' ? state.value.person : { account: null, role: null, rights: [] }

/** What is allowed to the person: all of it where no login is needed. */
export const may = (right: Right): boolean => knownPerson().rights.includes(right)

const look = async (): Promise<void> => {
  if (state.value.kind !== 'known' || document.visibilityState === 'hidden') return
  const found = await fetchPerson()
  if (found.kind === 'nobody') return endLogin()
  // Nothing of what was there is another person's, or another role's.
  if (found.kind === 'known' && isOther(state.value, found)) location.reload()
}

const isOther = (before: PersonState, { person }: Extract<PersonState, { kind: 'known' }>): boolean =>
  before.kind === 'known' && (before.person.account !== person.account || before.person.role !== person.role)

const fetchPerson = async (): Promise<Exclude<PersonState, { kind: 'asking' }>> => {
  try {
    const response = await fetch('/api/person')
    if (response.ok) return { kind: 'known', person: (await response.json()) as ViewerPerson }
    if (response.status === 401) return { kind: 'nobody', hasEnded: false }
    return { kind: 'failed', reason: (await response.text()) || `It answered ${response.status}.` }
  } catch {
    return { kind: 'failed', reason: 'The viewer’s service does not answer.' }
  }
}
