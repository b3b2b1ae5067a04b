import type { DeadLetter } from '../lane/dead-letters.ts'

export interface StoreLettersDeps {
  /** Resolves once the letter is stored; tries for as long as the hub does not answer. */
  storeLetter(letter: DeadLetter): Promise<void>
  warn(what: Record<string, unknown>, message: string): void
  /** How long it waits between two warnings. */
  readonly patienceMs?: number
}

const AT_ONCE = 32
const PATIENCE_MS = 10_000

/** Resolves once all letters are stored; warns while that takes long, since no commit passes their messages until then. */
export const storeLetters = async (
  letters: readonly DeadLetter[],
  { storeLetter, warn, patienceMs = PATIENCE_MS }: StoreLettersDeps,
): Promise<void> => {
  if (letters.length === 0) return
  const left = letters.values()
  let stored = 0
  const warning = setInterval(
    () =>
      warn(
        { stored, letters: letters.length },
        'dead letters are not stored yet, so their commit waits; ' +
          'if the stream DEAD_LETTERS is missing, restart a service, which creates it',
      ),
    patienceMs,
  )
  const storeNext = async (): Promise<void> => {
    for (const letter of left) {
      await storeLetter(letter)
      stored++
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, letters.length) }, storeNext))
  } finally {
    clearInterval(warning)
  }
}
