/** Which slot each vehicle has; slots in use are always the first `count`. */
export interface VehicleSlots {
  readonly count: number
  /** -1 for a vehicle without. */
  slotOf(vehicle: number): number
  vehicleAt(slot: number): number
  /** Gives the next slot to a vehicle that has none. */
  take(vehicle: number): number
  /** @returns the slot that was the last: the vehicle that had it has the freed one now */
  free(slot: number): number
  clear(): void
}

export const createVehicleSlots = (): VehicleSlots => {
  // Kept plus one, so that 0 is none.
  let slots = new Int32Array(1024)
  let vehicles = new Uint32Array(1024)
  let count = 0

  return {
    get count() {
      return count
    },
    slotOf: (vehicle) => (vehicle < slots.length ? slots[vehicle] - 1 : -1),
    vehicleAt: (slot) => vehicles[slot],
    take: (vehicle) => {
      slots = withRoomFor(slots, vehicle)
      vehicles = withRoomFor(vehicles, count)
      vehicles[count] = vehicle
      count += 1
      slots[vehicle] = count
      return count - 1
    },
    free: (slot) => {
      const last = count - 1
      slots[vehicles[slot]] = 0
      if (slot !== last) {
        vehicles[slot] = vehicles[last]
        slots[vehicles[slot]] = slot + 1
      }
      count = last
      return last
    },
    clear: () => {
      for (let slot = 0; slot < count; slot += 1) slots[vehicles[slot]] = 0
      count = 0
    },
  }
}

/** The array, or one of twice the length or more with what it held, that has the index. */
export const withRoomFor = <Values extends Int32Array | Uint8Array | Uint32Array | Float64Array>(
  values: Values,
  index: number,
): Values => {
  if (index < values.length) return values
  const grown = new (values.constructor as new (length: number) => Values)(Math.max(index + 1, values.length * 2))
  grown.set(values)
  return grown
}
