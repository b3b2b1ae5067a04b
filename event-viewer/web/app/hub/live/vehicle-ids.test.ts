import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVehicleIds } from './vehicle-ids.ts'

const utf8 = new TextEncoder()
const id = fc.oneof(
  fc.integer({ min: 0, max: 60 }).map((n) => `bus-${n}`),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)

describe('vehicle ids', () => {
  it('finds what was added and not removed, and gives no slot to two', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ id, isAdded: fc.boolean() }), { maxLength: 300 }), (steps) => {
        const ids = createVehicleIds()
        const model = new Map<string, number>()
        for (const step of steps) {
          const bytes = utf8.encode(step.id)
          const known = model.get(step.id)
          expect(ids.slotOf(bytes, 0, bytes.length)).toBe(known ?? -1)
          if (step.isAdded && known === undefined) model.set(step.id, ids.add(bytes, 0, bytes.length))
          if (!step.isAdded && known !== undefined) {
            ids.remove(known)
            model.delete(step.id)
          }
        }
        expect(new Set(model.values()).size).toBe(model.size)
        expect([...model].map(([, slot]) => ids.text(slot))).toEqual([...model.keys()])
        expect(ids.size).toBe(model.size)
        expect(ids.bytes).toBe([...model.keys()].reduce((sum, text) => sum + utf8.encode(text).length, 0))
      }),
    )
  })

  it('keeps the ids of a hundred thousand through removals and their return', () => {
    const ids = createVehicleIds()
    const bytesOf = (n: number): Uint8Array => utf8.encode(`vehicle-${n}`)
    const add = (n: number): number => ids.add(bytesOf(n), 0, bytesOf(n).length)
    const slots = Array.from({ length: 100_000 }, (_, n) => add(n))
    slots.forEach((slot, n) => n % 4 !== 0 && ids.remove(slot))
    for (let n = 0; n < 100_000; n++) if (n % 4 !== 0) slots[n] = add(n)
    expect(ids.slots).toBe(100_000)
    expect(slots.every((slot, n) => ids.slotOf(bytesOf(n), 0, bytesOf(n).length) === slot)).toBe(true)
    expect(slots.every((slot, n) => ids.text(slot) === `vehicle-${n}`)).toBe(true)
  })
})
