import type { Positions } from '@fleetlake/columnar'
import type { SchemaElement } from 'hyparquet'
import type { ColumnSource } from 'hyparquet-writer'

const SIDES = ['xmin', 'ymin', 'xmax', 'ymax'] as const

/** Of the geometry and its box. */
export const GEO_COLUMNS = 2

export interface GeoColumns {
  /** Behind the columns of a position: a struct of the box, then the geometry. */
  readonly schema: readonly SchemaElement[]
  add(rows: Positions): ColumnSource[]
  /** The value of the key `geo`, of all rows so far. */
  metadata(): unknown
}

const freeName = (name: string, taken: readonly string[]): string =>
  taken.includes(name) ? freeName(`${name}_`, taken) : name

/**
 * What GeoParquet 1.1 adds; the reference system is its default, longitude and latitude in degrees WGS84 (OGC:CRS84).
 * @param taken names of other columns: `geometry` and `bbox` have low lines behind where these are among them, which the metadata tell
 */
export const createGeoColumns = (taken: readonly string[]): GeoColumns => {
  const [box, geometryName] = ['bbox', 'geometry'].map((name) => freeName(name, taken))
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  return {
    schema: [
      { name: box, num_children: SIDES.length, repetition_type: 'REQUIRED' },
      ...SIDES.map((name): SchemaElement => ({ name, type: 'DOUBLE', repetition_type: 'REQUIRED' })),
      { name: geometryName, type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' },
    ],
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
        { name: box, data: bbox },
        { name: geometryName, data: geometry },
      ]
    },
    metadata: () => ({
      version: '1.1.0',
      primary_column: geometryName,
      columns: {
        [geometryName]: {
          encoding: 'WKB',
          geometry_types: ['Point'],
          ...(west > east ? {} : { bbox: [west, south, east, north] }),
          covering: { bbox: Object.fromEntries(SIDES.map((side) => [side, [box, side]])) },
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
