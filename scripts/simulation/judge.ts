import type { SentRow } from './ledger.ts'

/** What an answer is held to. */
export interface Expected {
  /** The rows that it must have if it says that it is complete. */
  readonly due: ReadonlySet<string>
  find(vehicle: string): SentRow | undefined
  isWanted(row: SentRow): boolean
  /** Rows that are repeated where a disaster allows it. */
  readonly mayRepeat?: (vehicle: string) => boolean
  /** Rows that are due, and of which the answer says in other words that they may be missing. */
  readonly mayLack?: (vehicle: string) => boolean
}

/** What is wrong with an answer, in a sentence; undefined when nothing is. */
export const judgeAnswer = (
  { status, vehicles }: { readonly status: string; readonly vehicles: readonly string[] },
  { due, find, isWanted, mayRepeat, mayLack = () => false }: Expected,
): string | undefined => {
  const found = new Set(vehicles)
  const twice = twiceIn(vehicles, mayRepeat)
  if (twice !== undefined) return `an answer has a row twice: ${twice}`
  for (const vehicle of vehicles) {
    const row = find(vehicle)
    if (row === undefined) return `an answer has a row that was never sent: ${vehicle}`
    if (!isWanted(row)) return `an answer has a row that was not asked for: ${vehicle}`
  }
  if (status !== 'complete') return undefined
  const missing = [...due].filter((vehicle) => !found.has(vehicle) && !mayLack(vehicle))
  return missing.length === 0
    ? undefined
    : `an answer says that it is complete and lacks ${missing.length} of ${due.size} rows that were acknowledged before it was asked for: ${missing[0]} …`
}

/** What the table is held to, once all is calm. */
export interface ExpectedTable {
  readonly acknowledged: ReadonlySet<string>
  isSent(vehicle: string): boolean
  readonly mayRepeat?: (vehicle: string) => boolean
  /** Rows that are lost, and told to be. */
  readonly mayLack?: (vehicle: string) => boolean
}

/** What is wrong with the table. */
export const judgeTable = (
  vehicles: readonly string[],
  { acknowledged, isSent, mayRepeat, mayLack = () => false }: ExpectedTable,
): string[] => {
  const there = new Set(vehicles)
  const missing = [...acknowledged].filter((vehicle) => !there.has(vehicle) && !mayLack(vehicle))
  const unknown = vehicles.find((vehicle) => !isSent(vehicle))
  const twice = twiceIn(vehicles, mayRepeat)
  return [
    ...(missing.length === 0 ? [] : [`the table lacks ${missing.length} acknowledged rows: ${missing[0]} …`]),
    ...(twice === undefined ? [] : [`the table has a row twice: ${twice}`]),
    ...(unknown === undefined ? [] : [`the table has a row that was never sent: ${unknown}`]),
  ]
}

const twiceIn = (names: readonly string[], mayRepeat: (name: string) => boolean = () => false): string | undefined => {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size && !mayRepeat(name))
}
