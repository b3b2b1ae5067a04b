import { createQueue } from '@fleetlake/core'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Directory, KnownAccount } from '../people/directory.ts'

export type LoginOutcome =
  | { readonly kind: 'in'; readonly account: KnownAccount }
  | { readonly kind: 'wrong' }
  /** Too many attempts have failed. */
  | { readonly kind: 'locked'; readonly forMs: number }
  /** Too many wait for their turn. */
  | { readonly kind: 'busy' }

export interface PasswordLoginDeps {
  readonly directory: Pick<Directory, 'account'>
  /** Whether the password is that of the hash; takes some tenths of a second on purpose. */
  readonly verify: (hash: string, password: string) => Promise<boolean>
  /** Hash of a password that no account has, so that an unknown name takes as long as a known one. */
  readonly decoy: string
}

export type PasswordLogin = (name: string, password: string, address: string) => Promise<LoginOutcome>

/** How many attempts may fail within the time, of what. Of an account so many that others can hardly lock a person out. */
const LIMITS: readonly { readonly points: number; readonly keyOf: (name: string, address: string) => string }[] = [
  { points: 10, keyOf: (name, address) => `${address} ${name}` },
  { points: 30, keyOf: (_, address) => address },
  { points: 200, keyOf: (name) => name },
]
const LOCKED_S = 15 * 60
/** Passwords that are compared at once: each takes 64 MiB and a thread. */
const AT_ONCE = 2
const MOST_IN_HAND = 50

/**
 * Invariants: neither what is answered nor how long it takes tells whether an account exists; an attempt counts before it is looked at, so that of many at once no more passwords are
 * compared than may fail; while an account or an address is locked the right password is not looked at either.
 */
export const createPasswordLogin = ({ directory, verify, decoy }: PasswordLoginDeps): PasswordLogin => {
  const limits = LIMITS.map(({ points, keyOf }) => ({
    limiter: new RateLimiterMemory({ points, duration: LOCKED_S }),
    keyOf,
  }))
  const turns = Array.from({ length: AT_ONCE }, createQueue)
  let attempts = 0
  let inHand = 0

  /** Counts an attempt against each limit, or against none where one is reached. @returns how long that one holds, ms */
  const count = async (name: string, address: string): Promise<number> => {
    for (const [i, { limiter, keyOf }] of limits.entries()) {
      try {
        await limiter.consume(keyOf(name, address))
      } catch (reached) {
        if (!(reached instanceof RateLimiterRes)) throw reached
        await giveBack(name, address, i)
        return Math.max(1, reached.msBeforeNext)
      }
    }
    return 0
  }
  const giveBack = async (name: string, address: string, upTo = limits.length): Promise<void> => {
    await Promise.all(limits.slice(0, upTo).map(({ limiter, keyOf }) => limiter.reward(keyOf(name, address))))
  }
  const isRight = async (account: KnownAccount | undefined, password: string): Promise<boolean> => {
    const isSame = await turns[attempts++ % AT_ONCE](() => verify(account?.password ?? decoy, password))
    return isSame && account?.disabled === false
  }

  return async (name, password, address) => {
    if (inHand >= MOST_IN_HAND) return { kind: 'busy' }
    inHand++
    try {
      const forMs = await count(name, address)
      if (forMs > 0) return { kind: 'locked', forMs }
      const account = directory.account(name)
      if (!(await isRight(account, password)) || account === undefined) return { kind: 'wrong' }
      await giveBack(name, address)
      const [{ limiter, keyOf }] = limits
      await limiter.delete(keyOf(name, address))
      return { kind: 'in', account }
    } finally {
      inHand--
    }
  }
}
