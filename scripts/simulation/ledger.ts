/** A row of the simulation: its vehicle is its name, since no two rows have one vehicle. */
export interface SentRow {
  readonly vehicle: string
  readonly eventTime: number
  readonly longitude: number
  readonly latitude: number
}

/** What vehicles have said, and what they were told of it. */
export interface Ledger {
  sent(row: SentRow): void
  /** The hub has acknowledged these rows, and so many malformed messages. */
  acknowledged(rows: readonly SentRow[], malformed: number): void
  /** Those that a search must find if it is complete: acknowledged by now. */
  due(isWanted: (row: SentRow) => boolean): ReadonlySet<string>
  /** Those that a search may find. */
  find(vehicle: string): SentRow | undefined
  readonly counts: { readonly sent: number; readonly acknowledged: number; readonly malformed: number }
  readonly allAcknowledged: ReadonlySet<string>
}

export const createLedger = (): Ledger => {
  const rows = new Map<string, SentRow>()
  const acknowledged = new Map<string, SentRow>()
  let malformed = 0
  return {
    sent: (row) => rows.set(row.vehicle, row),
    acknowledged: (done, malformedToo) => {
      malformed += malformedToo
      for (const row of done) acknowledged.set(row.vehicle, row)
    },
    due: (isWanted) =>
      new Set(
        acknowledged
          .values()
          .filter(isWanted)
          .map(({ vehicle }) => vehicle),
      ),
    find: (vehicle) => rows.get(vehicle),
    get counts() {
      return { sent: rows.size, acknowledged: acknowledged.size, malformed }
    },
    get allAcknowledged() {
      return new Set(acknowledged.keys())
    },
  }
}

/** What is wrong with an answer, in a sentence; undefined when nothing is. */
export const judgeAnswer = (
  { status, vehicles }: { readonly status: string; readonly vehicles: readonly string[] },
  due: ReadonlySet<string>,
  ledger: Pick<Ledger, 'find'>,
  isWanted: (row: SentRow) => boolean,
): string | undefined => {
  const found = new Set(vehicles)
  if (found.size < vehicles.length) return `an answer has a row twice: ${twiceIn(vehicles)}`
  for (const vehicle of vehicles) {
    const row = ledger.find(vehicle)
    if (row === undefined) return `an answer has a row that was never sent: ${vehicle}`
    if (!isWanted(row)) return `an answer has a row that was not asked for: ${vehicle}`
  }
  if (status !== 'complete') return undefined
  const missing = [...due].filter((vehicle) => !found.has(vehicle))
  return missing.length === 0
    ? undefined
    : `an answer says that it is complete and lacks ${missing.length} of ${due.size} rows that were acknowledged before it was asked for: ${missing[0]} …`
}

export const twiceIn = (names: readonly string[]): string | undefined => {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size)
}
