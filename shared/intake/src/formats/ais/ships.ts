import type { AisShip } from './message.ts'

/** What ships have said of themselves, by MMSI. */
export interface Ships {
  learn(mmsi: string, ship: AisShip): void
  of(mmsi: string): AisShip | undefined
}

/** All that sail are some hundred thousand; beyond this many, those that have said nothing for longest are forgotten. */
const MAX_SHIPS = 250_000

export const createShips = (most: number = MAX_SHIPS): Ships => {
  const ships = new Map<string, AisShip>()
  return {
    learn: (mmsi, { name, type }) => {
      const known = ships.get(mmsi)
      ships.delete(mmsi)
      ships.set(mmsi, { name: name ?? known?.name, type: type ?? known?.type })
      if (ships.size > most) ships.delete(ships.keys().next().value!)
    },
    of: (mmsi) => ships.get(mmsi),
  }
}
