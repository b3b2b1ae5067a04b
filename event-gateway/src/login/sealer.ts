import { defaults, seal, unseal } from 'iron-webcrypto'
import { z } from 'zod'

/** Seals what browsers keep, so that they can neither read nor change it. */
export interface Sealer {
  /** @returns a text of letters, digits, `*`, `-`, `.` and `_` */
  seal(purpose: Purpose, value: unknown, forMs: number): Promise<string>
  /** Undefined for what was not sealed with this secret, for another purpose, or too long ago. */
  unseal(purpose: Purpose, sealed: string): Promise<unknown>
}

export type Purpose = 'session' | 'login' | 'hub'

const MOST_CHARACTERS = 8 * 1024

const envelope = z.strictObject({ value: z.unknown(), untilMs: z.number() })

/** @param secret of 32 characters at least */
export const createSealer = ({ secret, nowMs }: { readonly secret: string; readonly nowMs: () => number }): Sealer => {
  // A key for each purpose: a text that was sealed for one is nothing for another.
  const keyFor = (purpose: Purpose): string => `${purpose}:${secret}`
  return {
    seal: (purpose, value, forMs) => seal({ value, untilMs: nowMs() + forMs }, keyFor(purpose), defaults),
    unseal: async (purpose, sealed) => {
      if (sealed.length > MOST_CHARACTERS) return undefined
      const opened = envelope.safeParse(await unseal(sealed, keyFor(purpose), defaults).catch(() => undefined))
      return opened.success && opened.data.untilMs > nowMs() ? opened.data.value : undefined
    },
  }
}
