import { FleetError } from '@fleetlake/core'
import type { City } from '../core/city.ts'

/** One column of the file. */
export interface Section {
  readonly name: SectionName
  readonly count: number
}

type Column = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float32Array | Float64Array

/**
 * The columns of a network file, one after the other, little-endian, each from a multiple of 8 bytes. Coordinates are in 1e-7 degrees,
 * so that the numbers that vehicles are simulated from are the same on every machine that has the file.
 */
const SECTIONS = {
  'edges.firstVertex': Uint32Array,
  'edges.startNode': Uint32Array,
  'edges.endNode': Uint32Array,
  'edges.limit': Float64Array,
  'edges.reverse': Int32Array,
  'edges.district': Uint16Array,
  'edges.control': Uint8Array,
  'vertices.longitudeE7': Int32Array,
  'vertices.latitudeE7': Int32Array,
  'vertices.distance': Float32Array,
  'vertices.heading': Uint16Array,
  'turns.firstTurn': Uint32Array,
  'turns.edge': Uint32Array,
  'turns.share': Uint16Array,
  'turns.limit': Float64Array,
  homeMetres: Uint16Array,
} as const

type SectionName = keyof typeof SECTIONS

export const encodeNetwork = ({
  edges,
  vertices,
  turns,
  homeMetres,
}: City): { sections: Section[]; bytes: Uint8Array } => {
  const toE7 = (degrees: Float64Array): Int32Array => Int32Array.from(degrees, (value) => Math.round(value * 1e7))
  const columns: Record<SectionName, Column> = {
    'edges.firstVertex': edges.firstVertex,
    'edges.startNode': edges.startNode,
    'edges.endNode': edges.endNode,
    'edges.limit': edges.limit,
    'edges.reverse': edges.reverse,
    'edges.district': edges.district,
    'edges.control': edges.control,
    'vertices.longitudeE7': toE7(vertices.longitude),
    'vertices.latitudeE7': toE7(vertices.latitude),
    'vertices.distance': Float32Array.from(vertices.distance),
    'vertices.heading': vertices.heading,
    'turns.firstTurn': turns.firstTurn,
    'turns.edge': turns.edge,
    'turns.share': turns.share,
    'turns.limit': turns.limit,
    homeMetres,
  }
  const names = Object.keys(SECTIONS) as SectionName[]
  const bytes = new Uint8Array(names.reduce((sum, name) => sum + padded(columns[name].byteLength), 0))
  let offset = 0
  const sections = names.map((name) => {
    const { buffer, byteOffset, byteLength, length } = columns[name]
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset)
    offset += padded(byteLength)
    return { name, count: length }
  })
  return { sections, bytes }
}

/**
 * The inverse of `encodeNetwork`.
 * @throws FleetError `city.invalid` when sections are missing or the bytes do not hold them
 */
export const decodeNetwork = (
  sections: readonly Section[],
  bytes: Uint8Array,
): Pick<City, 'edges' | 'vertices' | 'turns' | 'homeMetres'> => {
  const whole = bytes.slice().buffer
  const offsets = new Map<string, { offset: number; count: number }>()
  let end = 0
  for (const { name, count } of sections) {
    offsets.set(name, { offset: end, count })
    end += padded(count * (SECTIONS[name]?.BYTES_PER_ELEMENT ?? NaN))
  }
  if (end !== bytes.length || offsets.size !== Object.keys(SECTIONS).length) {
    throw new FleetError(
      'city.invalid',
      'the network file does not hold the columns that its header lists: build the city pack again',
    )
  }
  const column = <Name extends SectionName>(name: Name): InstanceType<(typeof SECTIONS)[Name]> => {
    const { offset, count } = offsets.get(name)!
    return new SECTIONS[name](whole, offset, count) as InstanceType<(typeof SECTIONS)[Name]>
  }
  const degrees = (e7: Int32Array): Float64Array => Float64Array.from(e7, (value) => value / 1e7)
  const firstVertex = column('edges.firstVertex')
  const distance = Float64Array.from(column('vertices.distance'))
  const count = firstVertex.length - 1
  return {
    edges: {
      count,
      firstVertex,
      length: Float64Array.from({ length: count }, (_, edge) => distance[firstVertex[edge + 1] - 1]),
      startNode: column('edges.startNode'),
      endNode: column('edges.endNode'),
      limit: column('edges.limit'),
      reverse: column('edges.reverse'),
      district: column('edges.district'),
      control: column('edges.control'),
    },
    vertices: {
      longitude: degrees(column('vertices.longitudeE7')),
      latitude: degrees(column('vertices.latitudeE7')),
      distance,
      heading: column('vertices.heading'),
    },
    turns: {
      firstTurn: column('turns.firstTurn'),
      edge: column('turns.edge'),
      share: column('turns.share'),
      limit: column('turns.limit'),
    },
    homeMetres: column('homeMetres'),
  }
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8
