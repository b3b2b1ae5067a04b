import { createMutants } from './mutants.ts'

/** What is fuzzed: something that reads bytes, and says what came of them. */
export interface FuzzTarget {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  readonly tokens?: readonly Uint8Array[]
  /** Each mutant is written to a file or unpacked, which takes longer. */
  readonly isOfFiles?: boolean
  /**
   * @returns what came of it, in few words: mutants with an outcome that is new are mutated further
   * @throws for what must never be: a crash, a value out of bounds, two readers that differ
   */
  run(mutant: Uint8Array): string | Promise<string>
}

export interface FuzzReport {
  readonly mutants: number
  /** Distinct outcomes, and how many mutants were read as good. */
  readonly outcomes: number
  readonly accepted: number
  readonly crashes: readonly { readonly index: number; readonly error: string; readonly mutant: Uint8Array }[]
}

/** An outcome that begins so is one of input that was read. */
export const ACCEPTED = 'read'

const MOST_CRASHES = 20

/**
 * @param onMutant called with each before it is read, so that one that never ends is known
 */
export const fuzz = async (
  target: FuzzTarget,
  {
    mutants: count,
    seed,
    onMutant = () => undefined,
  }: {
    readonly mutants: number
    readonly seed: number
    readonly onMutant?: (mutant: Uint8Array, index: number) => void
  },
): Promise<FuzzReport> => {
  const mutants = createMutants(target.seeds, {
    seed,
    ...(target.tokens === undefined ? {} : { tokens: target.tokens }),
  })
  const outcomes = new Set<string>()
  const crashes: { index: number; error: string; mutant: Uint8Array }[] = []
  let accepted = 0
  let index = 0
  for (; index < count && crashes.length < MOST_CRASHES; index++) {
    const mutant = mutants.next()
    onMutant(mutant, index)
    try {
      const made = target.run(mutant)
      const outcome = typeof made === 'string' ? made : await made
      if (outcome.startsWith(ACCEPTED)) accepted++
      if (outcomes.has(outcome) || outcomes.size > 20_000) continue
      outcomes.add(outcome)
      mutants.keep(mutant)
    } catch (error) {
      crashes.push({ index, error: String((error as Error).stack ?? error), mutant })
    }
  }
  return { mutants: index, outcomes: outcomes.size, accepted, crashes }
}
