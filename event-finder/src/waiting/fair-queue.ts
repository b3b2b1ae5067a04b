/**
 * What waits, of several clients. Invariant: clients take turns, whatever the number of things that each has waiting; those of one client keep
 * their order.
 */
export interface FairQueue<Item> {
  add(client: string, item: Item): void
  /** No longer waits. */
  remove(client: string, item: Item): void
  /** What is next. @param isLet whether it may be this client's turn; every client's when missing */
  peek(isLet?: (client: string) => boolean): Item | undefined
  /** Takes what is next out: its client's next one comes after those of all others. */
  take(isLet?: (client: string) => boolean): Item | undefined
  isEmpty(): boolean
  /** Of all clients. */
  count(): number
}

export const createFairQueue = <Item>(): FairQueue<Item> => {
  /** In the order of the clients' next turns; none is empty. */
  const waiting = new Map<string, Item[]>()

  const nextClient = (isLet: ((client: string) => boolean) | undefined): string | undefined => {
    for (const client of waiting.keys()) if (isLet === undefined || isLet(client)) return client
    return undefined
  }
  return {
    add: (client, item) => {
      const items = waiting.get(client)
      if (items === undefined) waiting.set(client, [item])
      else items.push(item)
    },
    remove: (client, item) => {
      const items = waiting.get(client) ?? []
      const at = items.indexOf(item)
      if (at >= 0) items.splice(at, 1)
      if (items.length === 0) waiting.delete(client)
    },
    peek: (isLet) => {
      const client = nextClient(isLet)
      return client === undefined ? undefined : waiting.get(client)![0]
    },
    take: (isLet) => {
      const client = nextClient(isLet)
      if (client === undefined) return undefined
      const items = waiting.get(client)!
      const item = items.shift()!
      waiting.delete(client)
      if (items.length > 0) waiting.set(client, items)
      return item
    },
    isEmpty: () => waiting.size === 0,
    count: () => [...waiting.values()].reduce((sum, { length }) => sum + length, 0),
  }
}
