import type { Fleet } from '../fleet.ts'

const KM_PER_DEGREE = 111.32

/** A cell's area at a latitude, km²: of the 5 × length bits of a geohash the longitude has one more where they are odd. */
export const cellKm2 = (geohashLength: number, latitude: number): number => {
  const bits = 5 * geohashLength
  const [east, north] = [Math.ceil(bits / 2), Math.floor(bits / 2)]
  const width = (360 / 2 ** east) * KM_PER_DEGREE * Math.cos((latitude * Math.PI) / 180)
  return width * (180 / 2 ** north) * KM_PER_DEGREE
}

/** The cells that a fleet drives in. */
export const cellsOf = ({ cells, areaKm2, geohashLength, latitude }: Fleet): number =>
  cells ?? Math.ceil(areaKm2 / cellKm2(geohashLength, latitude))
