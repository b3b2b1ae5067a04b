/** How many searches one finder has in hand at once, running and waiting together. */
export interface IntakeLimits {
  readonly searches: number
  readonly searchesPerClient: number
  /** What their requests take, areas and lists of vehicles above all. */
  readonly searchBytes: number
}

/** A search that was asked for. */
export interface Asked {
  readonly query: string
  readonly client: string
  readonly bytes: number
}

/**
 * What a finder takes on. Law: what it has in hand is bounded in number, in bytes, and in number for each client, and no two searches of one id
 * run at once: what agents and clients say of one would be taken for the other's.
 */
export interface Intake {
  /** @returns why it is not taken on, for people; undefined when it is */
  take(asked: Asked): string | undefined
  /** One that was taken on has ended. */
  leave(asked: Asked): void
}

export const createIntake = ({ searches, searchesPerClient, searchBytes }: IntakeLimits): Intake => {
  const queries = new Set<string>()
  const clients = new Map<string, number>()
  let bytes = 0

  const refusalOf = (asked: Asked): string | undefined => {
    if (queries.has(asked.query))
      return `a search of the id ${asked.query} is under way: give each search an id of its own`
    if ((clients.get(asked.client) ?? 0) >= searchesPerClient) {
      return `busy: ${searchesPerClient} searches of this client are running or waiting here, the most that one may have: wait for one to end, then ask again`
    }
    if (queries.size >= searches) {
      return `busy: ${searches} searches are running or waiting here, the most that this finder takes on: ask again in a few seconds, or start another finder`
    }
    if (bytes + asked.bytes > searchBytes && queries.size > 0) {
      return `busy: the searches that are running or waiting here take ${bytes} bytes, and with this one more than the ${searchBytes} that this finder keeps: ask again in a few seconds, or simplify the area`
    }
    return undefined
  }
  return {
    take: (asked) => {
      const refusal = refusalOf(asked)
      if (refusal !== undefined) return refusal
      queries.add(asked.query)
      clients.set(asked.client, (clients.get(asked.client) ?? 0) + 1)
      bytes += asked.bytes
      return undefined
    },
    leave: (asked) => {
      queries.delete(asked.query)
      bytes -= asked.bytes
      const left = clients.get(asked.client)! - 1
      if (left === 0) clients.delete(asked.client)
      else clients.set(asked.client, left)
    },
  }
}
