import type { Positions } from '@fleetlake/columnar'
import type { SchemaElement } from 'hyparquet'
import type { ColumnSource } from 'hyparquet-writer'

const SIDES = ['xmin', 'ymin', 'xmax', 'ymax'] as const

/** Behind the columns of a position: a struct of the box, then the geometry. */
export const GEO_SCHEMA: readonly SchemaElement[] = [
  { name: 'bbox', num_children: SIDES.length, repetition_type: 'REQUIRED' },
  ...SIDES.map((name): SchemaElement => ({ name, type: 'DOUBLE', repetition_type: 'REQUIRED' })),
  { name: 'geometry', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' },
]

export interface GeoColumns {
  add(rows: Positions): ColumnSource[]
  /** The value of the key `geo`, of all rows so far. */
  metadata(): unknown
}

/** What GeoParquet 1.1 adds; the reference system is its default, longitude and latitude in degrees WGS84 (OGC:CRS84). */
export const createGeoColumns = (): GeoColumns => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  return {
    add: ({ length, longitude, latitude }) => {
      const geometry: Uint8Array[] = []
      const bbox: Record<(typeof SIDES)[number], number>[] = []
      const points = new DataView(new ArrayBuffer(length * POINT_BYTES))
      for (let row = 0; row < length; row++) {
        const [x, y] = [longitude[row], latitude[row]]
        west = Math.min(west, x)
        east = Math.max(east, x)
        south = Math.min(south, y)
        north = Math.max(north, y)
        geometry.push(writePoint(points, row * POINT_BYTES, x, y))
        bbox.push({ xmin: x, ymin: y, xmax: x, ymax: y })
      }
      return [
        { name: 'bbox', data: bbox },
        { name: 'geometry', data: geometry },
      ]
    },
    metadata: () => ({
      version: '1.1.0',
      primary_column: 'geometry',
      columns: {
        geometry: {
          encoding: 'WKB',
          geometry_types: ['Point'],
          ...(west > east ? {} : { bbox: [west, south, east, north] }),
          covering: { bbox: Object.fromEntries(SIDES.map((side) => [side, ['bbox', side]])) },
        },
      },
    }),
  }
}

const POINT_BYTES = 21
const LITTLE_ENDIAN = 1
const POINT = 1

/** Well-known binary. */
const writePoint = (view: DataView, at: number, x: number, y: number): Uint8Array => {
  view.setUint8(at, LITTLE_ENDIAN)
  view.setUint32(at + 1, POINT, true)
  view.setFloat64(at + 5, x, true)
  view.setFloat64(at + 13, y, true)
  return new Uint8Array(view.buffer, at, POINT_BYTES)
}
