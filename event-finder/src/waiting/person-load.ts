/** The searches that people have, at all finders. */
export interface PersonLoad {
  /** One that was asked for here. @returns why it is not taken on, for people; undefined when it is */
  take(search: { readonly query: string; readonly person: string }): string | undefined
  /** One that was taken on here has ended. */
  leave(search: { readonly query: string; readonly person: string }): void
  /** One has begun somewhere. */
  hearAsked(search: { readonly query: string; readonly person: string; readonly endsWithinMs: number }): void
  hearEnded(search: { readonly query: string; readonly person: string }): void
}

/** Of others' searches that are remembered. */
const MOST_HEARD = 100_000

/**
 * How many searches each person has. Invariant: exact for what is asked here; what begins at another finder counts from when it is heard of until its end is heard of, or
 * until it must have ended.
 */
export const createPersonLoad = (most: number, now: () => number = () => performance.now()): PersonLoad => {
  /** By person, then query: until when it counts. */
  const people = new Map<string, Map<string, number>>()
  let heard = 0

  const add = (person: string, query: string, untilMs: number): void => {
    const own = people.get(person) ?? new Map<string, number>()
    own.set(query, untilMs)
    people.set(person, own)
    if (untilMs !== Infinity) heard++
  }
  const remove = (person: string, query: string): void => {
    const own = people.get(person)
    const untilMs = own?.get(query)
    if (own === undefined || untilMs === undefined) return
    if (untilMs !== Infinity) heard--
    own.delete(query)
    if (own.size === 0) people.delete(person)
  }
  const forgetEnded = (person: string): void => {
    const nowMs = now()
    for (const [query, untilMs] of people.get(person) ?? []) if (untilMs <= nowMs) remove(person, query)
  }

  return {
    take: ({ query, person }) => {
      forgetEnded(person)
      if ((people.get(person)?.size ?? 0) >= most) {
        return `busy: ${most} searches of this person are running or waiting, which is the limit of one person (limits.searchesAtOnce): wait until one has ended, then ask again`
      }
      add(person, query, Infinity)
      return undefined
    },
    leave: ({ query, person }) => remove(person, query),
    hearAsked: ({ query, person, endsWithinMs }) => {
      if (people.get(person)?.has(query) === true) return
      if (heard >= MOST_HEARD) for (const one of people.keys()) forgetEnded(one)
      if (heard < MOST_HEARD) add(person, query, now() + endsWithinMs)
    },
    hearEnded: ({ query, person }) => {
      if (people.get(person)?.get(query) !== Infinity) remove(person, query)
    },
  }
}
