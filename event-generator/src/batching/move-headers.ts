import type { Positions } from '@fleetlake/core'

/** What lets a reader skip a batch undecoded: row count, earliest and latest time (inclusive), bounds in degrees. */
export const moveHeaders = ({ length, eventTime, longitude, latitude }: Positions): Record<string, string> => {
  let [from, to] = [Infinity, -Infinity]
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < length; i++) {
    const [time, x, y] = [eventTime[i], longitude[i], latitude[i]]
    if (time < from) from = time
    if (time > to) to = time
    if (x < west) west = x
    if (x > east) east = x
    if (y < south) south = y
    if (y > north) north = y
  }
  return {
    'fleet-rows': String(length),
    'fleet-from': String(from),
    'fleet-to': String(to),
    'fleet-bounds': `${west},${south},${east},${north}`,
  }
}
