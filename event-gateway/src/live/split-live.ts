import { encodePositions, pickPositions, type Positions } from '@fleetlake/columnar'
import { createSees, decodeMove, type VisibleVehicles } from '@fleetlake/contracts'

/** Who sees the same vehicles. */
export interface Audience {
  readonly persons: readonly string[]
  readonly sees: (vehicle: string) => boolean
}

/** Persons by what they see. */
export const audiencesOf = (sights: ReadonlyMap<string, VisibleVehicles>): Audience[] => {
  const groups = Map.groupBy(sights, ([, { ids, prefixes }]) => JSON.stringify([ids, prefixes]))
  return [...groups.values()].map((members) => ({
    persons: members.map(([person]) => person),
    sees: createSees(members[0][1]),
  }))
}

/** What of a move is for an audience. */
export interface Share {
  readonly persons: readonly string[]
  readonly payload: Uint8Array
}

/**
 * A move as each audience may see it. Invariant: nobody gets anything of a vehicle that they don't see; who sees nothing of it gets nothing, and what can't be read nobody gets.
 */
export const splitMove = (
  payload: Uint8Array,
  contentType: string | undefined,
  audiences: readonly Audience[],
): Share[] => {
  const { rows } = decodeMove(payload, contentType)
  if (rows === undefined || audiences.length === 0) return []
  const vehicles = vehiclesOf(rows)
  return audiences.flatMap(({ persons, sees }) => {
    const order = placesOf(vehicles, sees)
    return order.length === 0 ? [] : [{ persons, payload: encodePositions(pickPositions(rows, order)) }]
  })
}

const utf8 = new TextDecoder()

/** The vehicle of each row, as a number, and their ids. */
interface Vehicles {
  readonly ids: readonly string[]
  readonly ofRow: Int32Array
}

const vehiclesOf = ({ length, vehicleIdOffsets, vehicleIdBytes }: Positions): Vehicles => {
  const numbers = new Map<string, number>()
  const ofRow = new Int32Array(length)
  for (let i = 0; i < length; i++) {
    const id = utf8.decode(vehicleIdBytes.subarray(vehicleIdOffsets[i], vehicleIdOffsets[i + 1]))
    let number = numbers.get(id)
    if (number === undefined) numbers.set(id, (number = numbers.size))
    ofRow[i] = number
  }
  return { ids: [...numbers.keys()], ofRow }
}

const placesOf = ({ ids, ofRow }: Vehicles, sees: Audience['sees']): Uint32Array => {
  const isSeen = ids.map(sees)
  const places = new Uint32Array(ofRow.length)
  let count = 0
  for (let i = 0; i < ofRow.length; i++) if (isSeen[ofRow[i]]) places[count++] = i
  return places.subarray(0, count)
}
