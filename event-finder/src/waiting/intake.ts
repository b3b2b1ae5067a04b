/** How many searches one finder keeps at once, running and waiting together. */
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

/** Of all bytes those that the searches of one client may take. */
const CLIENT_SHARE = 3 / 4

/**
 * What a finder takes on. Invariant: what it has in hand is bounded in number, in bytes, and in number for each client, and no two searches of one id
 * run at once: messages of one would be taken for the other's.
 */
export interface Intake {
  /** @returns why it is not taken on, for people; undefined when it is */
  take(asked: Asked): string | undefined
  /** One that was taken on has ended. */
  leave(asked: Asked): void
}

export const createIntake = ({ searches, searchesPerClient, searchBytes }: IntakeLimits): Intake => {
  const queries = new Set<string>()
  const clients = new Map<string, { searches: number; bytes: number }>()
  let bytes = 0

  const refusalOf = (asked: Asked): string | undefined => {
    if (queries.has(asked.query)) return `a search with the id ${asked.query} is running: give each search its own id`
    const own = clients.get(asked.client) ?? { searches: 0, bytes: 0 }
    if (own.searches >= searchesPerClient) {
      return `busy: ${searchesPerClient} searches of this client are running or waiting here, which is the limit: wait until one has ended, then ask again`
    }
    if (own.searches > 0 && own.bytes + asked.bytes > searchBytes * CLIENT_SHARE) {
      return `busy: the searches of this client that are running or waiting here take all the memory of one client: wait until one has ended, then ask again, or simplify the area`
    }
    if (queries.size >= searches) {
      return `busy: ${searches} searches are running or waiting here, which is the limit of this finder: ask again in a few seconds, or start another finder`
    }
    if (queries.size > 0 && bytes + asked.bytes > searchBytes) {
      return `busy: the searches that are running or waiting here take all the memory for requests (finder.searchBytes, ${searchBytes} bytes): ask again in a few seconds, or simplify the area`
    }
    return undefined
  }
  return {
    take: (asked) => {
      const refusal = refusalOf(asked)
      if (refusal !== undefined) return refusal
      queries.add(asked.query)
      const own = clients.get(asked.client) ?? { searches: 0, bytes: 0 }
      clients.set(asked.client, { searches: own.searches + 1, bytes: own.bytes + asked.bytes })
      bytes += asked.bytes
      return undefined
    },
    leave: (asked) => {
      queries.delete(asked.query)
      bytes -= asked.bytes
      const own = clients.get(asked.client)!
      if (own.searches === 1) clients.delete(asked.client)
      else clients.set(asked.client, { searches: own.searches - 1, bytes: own.bytes - asked.bytes })
    },
  }
}
