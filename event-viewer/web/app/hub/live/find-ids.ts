import type { IdTable } from '@fleetlake/columnar'

const utf8 = new TextEncoder()
const folded = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte)

const compare = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] - b[i]
  return a.length - b.length
}

/** Where the text first is in the id, or -1. */
const indexIn = (id: Uint8Array, text: Uint8Array): number => {
  for (let at = 0; at + text.length <= id.length; at++) {
    let i = 0
    while (i < text.length && folded(id[at + i]) === text[i]) i++
    if (i === text.length) return at
  }
  return -1
}

/** The first few of what is added, sorted. */
const createFirst = (max: number, ids: IdTable): { add(slot: number): void; readonly slots: number[] } => {
  const slots: number[] = []
  return {
    slots,
    add: (slot) => {
      const id = ids.at(slot)
      if (slots.length === max && compare(id, ids.at(slots[max - 1])) >= 0) return
      let at = slots.length
      while (at > 0 && compare(id, ids.at(slots[at - 1])) < 0) at--
      slots.splice(at, 0, slot)
      if (slots.length > max) slots.pop()
    },
  }
}

/** Slots of ids that begin with the text, then of those that hold it; each sorted by id. Upper and lower case of a–z are the same. */
export const findIds = (ids: IdTable, text: string, max: number): number[] => {
  if (max <= 0) return []
  const sought = utf8.encode(text).map(folded)
  const beginning = createFirst(max, ids)
  const holding = createFirst(max, ids)
  for (let slot = 0; slot < ids.limit; slot++) {
    if (!ids.has(slot)) continue
    const at = indexIn(ids.at(slot), sought)
    if (at === 0) beginning.add(slot)
    else if (at > 0) holding.add(slot)
  }
  return [...beginning.slots, ...holding.slots].slice(0, max)
}
