/** A value of which it is known which keys somebody has looked at. */
export interface Watched {
  readonly value: unknown
  /** Paths, such as `/spec/replicas`, of keys that nobody has looked at, below those that somebody has. */
  notLookedAt(): string[]
}

/** Looking at a list of an object's keys, as one does who takes any, is looking at all of them. */
export const watchKeys = (value: unknown): Watched => {
  const seen = new Map<object, Set<PropertyKey>>()
  const watchers = new WeakMap<object, object>()
  const watched = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part
    const known = watchers.get(part)
    if (known !== undefined) return known
    const keys = new Set<PropertyKey>()
    seen.set(part, keys)
    const watcher = new Proxy(part, {
      get: (target, key, receiver) => {
        keys.add(key)
        return watched(Reflect.get(target, key, receiver))
      },
      ownKeys: (target) => {
        const all = Reflect.ownKeys(target)
        for (const key of all) keys.add(key)
        return all
      },
    })
    watchers.set(part, watcher)
    return watcher
  }
  const below = (part: unknown, path: string): string[] => {
    if (typeof part !== 'object' || part === null) return []
    const keys = seen.get(part)
    return Object.entries(part).flatMap(([key, inner]) => {
      const at = `${path}/${key}`
      return keys?.has(key) === true ? below(inner, at) : [at]
    })
  }
  return { value: watched(value), notLookedAt: () => below(value, '') }
}
