import type { Field } from './block.ts'

const POINT = 1
/** PostGIS marks what follows the type in its highest bits: a third and a fourth coordinate, the reference system. */
const EXTENDED_FLAGS = 0xe0000000
const EXTENDED_SRID = 0x20000000
const COORDINATES_BYTES = 16

/** Longitudes and latitudes of points in well-known binary, or PostGIS's extension of it; NaN for no point, an empty one and other geometries. */
export const pointsOf = (
  { bytes, starts, ends }: Extract<Field, { kind: 'text' }>,
  rows: number,
): { readonly longitude: Float64Array; readonly latitude: Float64Array } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [longitude, latitude] = [new Float64Array(rows).fill(Number.NaN), new Float64Array(rows).fill(Number.NaN)]
  for (let row = 0; row < rows; row++) {
    const start = starts[row]
    if (start < 0 || ends[row] - start < 5) continue
    const isLittle = view.getUint8(start) === 1
    const type = view.getUint32(start + 1, isLittle)
    // ISO adds 1000, 2000, 3000 for further coordinates.
    if ((type & ~EXTENDED_FLAGS) % 1_000 !== POINT) continue
    const at = start + 5 + ((type & EXTENDED_SRID) === 0 ? 0 : 4)
    if (at + COORDINATES_BYTES > ends[row]) continue
    longitude[row] = view.getFloat64(at, isLittle)
    latitude[row] = view.getFloat64(at + 8, isLittle)
  }
  return { longitude, latitude }
}
