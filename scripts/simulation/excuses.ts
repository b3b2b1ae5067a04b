import type { Backup } from '@fleetlake/broker/memory'
import { partitionOfStream } from '@fleetlake/contracts'
import { type Ledger, nameOf } from './ledger.ts'
import { MESSAGE_NAME } from './world.ts'

/** What disasters excuse: before the first one nothing. */
export interface Excuses {
  readonly ledger: Ledger
  /** A disaster has happened. `again`: the messages that the hub holds again, by name; `untold`: those of which nothing tells if they are gone. */
  add(excuse: {
    readonly again?: ReadonlySet<string>
    readonly forgetsLetters?: boolean
    readonly untold?: ReadonlySet<string>
  }): void
  /** Of a row that may be gone without a word. */
  mayBeUntold(row: string): boolean
  isNeeded(): boolean
  /** Of a row that may be in the table, and in an answer, more than once. */
  mayRepeat(row: string): boolean
  /** Of a malformed message whose dead letter may be gone. */
  mayLackLetter(message: string): boolean
  /** Of an answer that is asked for now: the rows that it may lack though it is complete, by the notes that it ends with. */
  ofAnswer(): (notes: readonly string[]) => (row: string) => boolean
}

export interface ExcusesDeps {
  readonly ledger: Ledger
  /** The messages that the hub holds now, by name. */
  held(): ReadonlySet<string>
  /** The names of the rows that the table has now. */
  archived(): readonly string[]
}

const NOTHING = (): boolean => false

export const createExcuses = ({ ledger, held, archived }: ExcusesDeps): Excuses => {
  const repeated = new Set<string>()
  const withoutLetters = new Set<string>()
  const untoldRows = new Set<string>()
  let isCalm = true
  /** The rows that neither the hub nor the table has. */
  const goneNow = (): Set<string> => {
    const [inHub, inTable] = [held(), new Set(archived())]
    const gone = new Set<string>()
    for (const { name, rows } of ledger.messages()) {
      if (inHub.has(name)) continue
      for (const row of rows) if (!inTable.has(nameOf(row))) gone.add(nameOf(row))
    }
    return gone
  }
  return {
    ledger,
    mayBeUntold: (row) => untoldRows.has(row),
    add: ({ again = new Set(), forgetsLetters = false, untold = new Set() }) => {
      isCalm = false
      for (const { name, rows, isAcknowledged } of ledger.messages()) {
        if (forgetsLetters) withoutLetters.add(name)
        if (untold.has(name) && !again.has(name)) for (const row of rows) untoldRows.add(nameOf(row))
        // A source repeats what it has not heard of: the hub may have forgotten that it has stored it.
        if (!isAcknowledged || again.has(name)) for (const row of rows) repeated.add(nameOf(row))
      }
    },
    isNeeded: () => !isCalm,
    mayRepeat: (row) => repeated.has(row),
    mayLackLetter: (message) => withoutLetters.has(message),
    ofAnswer: () => {
      const asked = isCalm ? new Set<string>() : goneNow()
      return (notes) => {
        if (isCalm) return NOTHING
        if (!notes.some(saysThatMessagesMayBeLost)) return (row) => untoldRows.has(row)
        // A question may wait while the disaster happens.
        const ended = goneNow()
        return (row) => asked.has(row) || ended.has(row) || untoldRows.has(row)
      }
    },
  }
}

const saysThatMessagesMayBeLost = (note: string): boolean => note.includes('may be lost')

/** The messages of vehicles that a hub's streams hold, by name. */
export const messagesIn = (backup: Backup): Set<string> => {
  const names = new Set<string>()
  for (const [stream, { next }] of backup) {
    if (partitionOfStream(stream) === undefined) continue
    for (let message = next(1); message !== undefined; message = next(message.sequence + 1))
      names.add(message.header(MESSAGE_NAME) ?? '')
  }
  return names
}
