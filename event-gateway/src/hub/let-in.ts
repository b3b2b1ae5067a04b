/** A connection to the hub that was let in. */
export interface LetIn {
  readonly server: string
  readonly client: number
  /** ms since the epoch; the server ends it then. */
  readonly untilMs: number
  /** Whether the person may still be there, with the same rights. */
  isStillRight(): boolean
}

/** The connections that this gateway has let in. Invariant: one whose person may no longer be there, or has other rights, is ended as soon as that is known. */
export interface LetInConnections {
  add(connection: LetIn): void
  /** Ends those that are no longer right. */
  review(): void
}

/** Beyond it the oldest are left to the server, which ends each after a while. */
const MOST = 100_000

export const createLetInConnections = (end: (connection: LetIn) => void, nowMs: () => number): LetInConnections => {
  const connections = new Set<LetIn>()
  const forgetEnded = (): void => {
    const now = nowMs()
    // In the order in which they were let in, and so about that in which they end.
    for (const each of connections) {
      if (each.untilMs > now && connections.size <= MOST) return
      connections.delete(each)
    }
  }
  return {
    add: (connection) => {
      connections.add(connection)
      forgetEnded()
    },
    review: () => {
      forgetEnded()
      for (const each of connections) {
        if (each.isStillRight()) continue
        connections.delete(each)
        end(each)
      }
    },
  }
}
