/** What a sample of an input shows: a reading, with sentences on what was taken and why; or a sentence which asks, and says what answers it. */
export type Decided<Reading> =
  | { readonly reading: Reading; readonly notes: readonly string[] }
  | { readonly question: string }

/** Rows of a sample that may not fit what all others show: they cost themselves. */
export const mayMiss = (all: number): number => Math.max(all >= 3 ? 1 : 0, Math.floor(all / 20))

/** A value of an input in a sentence. */
export const quoted = (value: unknown): string => {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : typeof value === 'bigint' ? String(value) : jsonOf(value)
  return text.length <= 80 ? text : `${text.slice(0, 78)} …`
}

const jsonOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? 'nothing'
  } catch {
    return 'something'
  }
}
