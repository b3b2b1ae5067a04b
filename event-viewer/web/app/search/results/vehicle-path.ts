import type { FoundRows } from '@fleetlake/viewer-core'
import type { Position } from 'geojson'

/** More corners of a line can't be seen on a screen. */
const MOST_CORNERS = 20_000

export interface VehiclePath {
  /** Lines between reports, cut at gaps. */
  readonly lines: readonly (readonly Position[])[]
  /** Reports with a gap on both sides. */
  readonly dots: readonly Position[]
}

type Rows = Pick<FoundRows, 'start' | 'longitude' | 'latitude'>

/** Where a vehicle went; of very many reports each n-th, and the last before and the first after a gap always. */
export const vehiclePath = (
  { start, longitude, latitude }: Rows,
  vehicle: number,
  isJoined: Uint8Array,
): VehiclePath => {
  const [from, to] = [start[vehicle], start[vehicle + 1]]
  const every = Math.ceil((to - from) / MOST_CORNERS)
  const [lines, dots]: [Position[][], Position[]] = [[], []]
  let line: Position[] = []
  for (let row = from; row < to; row++) {
    const isEnd = isJoined[row] === 0
    if (isEnd || line.length === 0 || (row - from) % every === 0) line.push([longitude[row], latitude[row]])
    if (!isEnd) continue
    if (line.length > 1) lines.push(line)
    else dots.push(...line)
    line = []
  }
  return { lines, dots }
}
