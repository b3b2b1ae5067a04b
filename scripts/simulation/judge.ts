import type { SentRow } from './ledger.ts'

/** What an answer is held to. */
export interface Expected {
  /** The rows that it must have if it says that it is complete. */
  readonly due: ReadonlySet<string>
  find(name: string): SentRow | undefined
  isWanted(row: SentRow): boolean
  /** Rows that are repeated where a disaster allows it. */
  readonly mayRepeat?: (name: string) => boolean
  /** Rows that are due, and of which the answer says in other words that they may be missing. */
  readonly mayLack?: (name: string) => boolean
}

/** What is wrong with an answer, in a sentence; undefined when nothing is. */
export const judgeAnswer = (
  { status, rows }: { readonly status: string; readonly rows: readonly string[] },
  { due, find, isWanted, mayRepeat, mayLack = () => false }: Expected,
): string | undefined => {
  const found = new Set(rows)
  const twice = twiceIn(rows, mayRepeat)
  if (twice !== undefined) return `an answer has a row twice: ${twice}`
  for (const name of rows) {
    const row = find(name)
    if (row === undefined) return `an answer has a row that was never sent: ${name}`
    if (!isWanted(row)) return `an answer has a row that was not asked for: ${name}`
  }
  if (status !== 'complete') return undefined
  const missing = [...due].filter((name) => !found.has(name) && !mayLack(name))
  return missing.length === 0
    ? undefined
    : `an answer says that it is complete and lacks ${missing.length} of ${due.size} rows that were acknowledged before it was asked for: ${missing[0]} …`
}

/** What is wrong with an answer that says where each vehicle was last. Invariant: none is earlier than a row that was acknowledged before the question. */
export const judgeLast = (
  { status, rows }: { readonly status: string; readonly rows: readonly string[] },
  { due, find, mayLack = () => false }: Pick<Expected, 'due' | 'find' | 'mayLack'>,
): string | undefined => {
  const last = new Map<string, number>()
  for (const name of rows) {
    const row = find(name)
    if (row === undefined) return `last positions have a row that was never sent: ${name}`
    if (last.has(row.vehicle)) return `last positions have a vehicle twice: ${row.vehicle}`
    last.set(row.vehicle, row.eventTime)
  }
  if (status !== 'complete') return undefined
  const late = [...due].find((name) => {
    const { vehicle, eventTime } = find(name)!
    return !mayLack(name) && eventTime > (last.get(vehicle) ?? -Infinity)
  })
  return (
    late && `last positions are complete, and earlier than a row that was acknowledged before the question: ${late}`
  )
}

/** What the table is held to, once all is calm. */
export interface ExpectedTable {
  readonly acknowledged: ReadonlySet<string>
  isSent(name: string): boolean
  readonly mayRepeat?: (name: string) => boolean
  /** Rows that are lost, and told to be. */
  readonly mayLack?: (name: string) => boolean
}

/** What is wrong with the table. */
export const judgeTable = (
  rows: readonly string[],
  { acknowledged, isSent, mayRepeat, mayLack = () => false }: ExpectedTable,
): string[] => {
  const there = new Set(rows)
  const missing = [...acknowledged].filter((name) => !there.has(name) && !mayLack(name))
  const unknown = rows.find((name) => !isSent(name))
  const twice = twiceIn(rows, mayRepeat)
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
