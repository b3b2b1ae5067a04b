import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVehicleSlots, withRoomFor } from './vehicle-slots.ts'

const numbers = fc.integer({ min: 0, max: 40 })
const steps = fc.array(fc.record({ kind: fc.constantFrom('take', 'take', 'free', 'clear'), vehicle: numbers }), {
  maxLength: 200,
})

test('slots in use are always the first ones, and each belongs to the vehicle that has it', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const slots = createVehicleSlots()
      const expected = new Set<number>()
      for (const { kind, vehicle } of script) {
        if (kind === 'clear' && vehicle === 0) {
          slots.clear()
          expected.clear()
        } else if (kind === 'take' && !expected.has(vehicle)) {
          expect(slots.take(vehicle)).toBe(expected.size)
          expected.add(vehicle)
        } else if (kind === 'free' && expected.has(vehicle)) {
          expected.delete(vehicle)
          expect(slots.free(slots.slotOf(vehicle))).toBe(expected.size)
        }
        const held = Array.from({ length: slots.count }, (_, slot) => slots.vehicleAt(slot))
        expect(new Set(held)).toEqual(expected)
        expect(held.map((holder) => slots.slotOf(holder))).toEqual([...held.keys()])
        if (!expected.has(vehicle)) expect(slots.slotOf(vehicle)).toBe(-1)
      }
    }),
  )
})

test('a vehicle of any number finds room', () => {
  const slots = createVehicleSlots()
  expect(slots.take(5_000_000)).toBe(0)
  expect([slots.slotOf(5_000_000), slots.slotOf(4_999_999), slots.slotOf(9_000_000)]).toEqual([0, -1, -1])
})

test('an array grows to twice its length or more, and keeps what it has', () => {
  const values = Int32Array.of(1, 2, 3)
  expect(withRoomFor(values, 2)).toBe(values)
  expect(withRoomFor(values, 3)).toEqual(Int32Array.of(1, 2, 3, 0, 0, 0))
  expect(withRoomFor(values, 9)).toHaveLength(10)
})
