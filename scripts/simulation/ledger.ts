/** A row of the simulation. */
export interface SentRow {
  readonly vehicle: string
  /** No two rows of a vehicle have one. */
  readonly eventTime: number
  readonly longitude: number
  readonly latitude: number
}

/** What a row is called in a story. */
export const nameOf = ({ vehicle, eventTime }: Pick<SentRow, 'vehicle' | 'eventTime'>): string =>
  `${vehicle} ${eventTime}`

/** Where the hub has stored a message. */
export interface Place {
  readonly partition: number
  /** When its stream was made, as the server writes it. */
  readonly created: string
  readonly sequence: number
  readonly storedMs: number
}

/** A message of vehicles, by its name; one without rows is malformed. */
export interface SentMessage {
  readonly name: string
  readonly rows: readonly SentRow[]
  /** More than one where the hub has forgotten the first. */
  readonly places: Place[]
  isAcknowledged: boolean
}

/** What vehicles have said, and what they were told of it. */
export interface Ledger {
  sent(message: string, rows: readonly SentRow[]): void
  /** Seen by nothing but the judge. */
  stored(message: string, place: Place): void
  acknowledged(messages: readonly string[]): void
  /** The names of those that a search must find if it is complete: acknowledged by now. */
  due(isWanted: (row: SentRow) => boolean): ReadonlySet<string>
  /** Those that a search may find. */
  find(name: string): SentRow | undefined
  messages(): Iterable<SentMessage>
  readonly counts: { readonly sent: number; readonly acknowledged: number; readonly malformed: number }
  readonly allAcknowledged: ReadonlySet<string>
}

export const createLedger = (): Ledger => {
  const messages = new Map<string, SentMessage>()
  const rows = new Map<string, SentRow>()
  const acknowledged = new Map<string, SentRow>()
  let malformed = 0
  return {
    sent: (name, sent) => {
      messages.set(name, { name, rows: sent, places: [], isAcknowledged: false })
      for (const row of sent) rows.set(nameOf(row), row)
    },
    stored: (name, place) => messages.get(name)?.places.push(place),
    acknowledged: (names) => {
      for (const name of names) {
        const message = messages.get(name)!
        message.isAcknowledged = true
        if (message.rows.length === 0) malformed++
        for (const row of message.rows) acknowledged.set(nameOf(row), row)
      }
    },
    due: (isWanted) => new Set(acknowledged.values().filter(isWanted).map(nameOf)),
    find: (name) => rows.get(name),
    messages: () => messages.values(),
    get counts() {
      return { sent: rows.size, acknowledged: acknowledged.size, malformed }
    },
    get allAcknowledged() {
      return new Set(acknowledged.keys())
    },
  }
}
