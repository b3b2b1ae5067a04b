import type { ExpressionSpecification } from 'maplibre-gl'
import { byZoom } from './by-zoom.ts'

/** How a street is drawn. */
export const STREET_CLASSES = ['service', 'local', 'tertiary', 'secondary', 'primary', 'trunk'] as const

export type StreetClass = (typeof STREET_CLASSES)[number]

/** Classes of OpenStreetMap's `highway` by how they are drawn; what is in none is local. */
const KINDS: Readonly<Record<Exclude<StreetClass, 'local'>, readonly string[]>> = {
  trunk: ['motorway', 'trunk'],
  primary: ['primary', 'motorway_link', 'trunk_link'],
  secondary: ['secondary', 'primary_link'],
  tertiary: ['tertiary', 'secondary_link', 'tertiary_link'],
  service: ['service', 'living_street', 'track'],
}

/** Streets that are seen from afar and named first. */
export const MAIN_KINDS: readonly string[] = [...KINDS.trunk, ...KINDS.primary, ...KINDS.secondary, ...KINDS.tertiary]

/** Not driven on: left out. */
export const WALKED_KINDS: readonly string[] = [
  'footway',
  'path',
  'pedestrian',
  'steps',
  'cycleway',
  'bridleway',
  'corridor',
  'rail',
  'transit',
  'ferry',
]

/** A value for each class of street. */
export const byClass = (
  kind: ExpressionSpecification,
  valueOf: (each: StreetClass) => number | string,
): ExpressionSpecification =>
  [
    'match',
    kind,
    ...Object.entries(KINDS).flatMap(([each, kinds]) => [kinds, valueOf(each as StreetClass)]),
    valueOf('local'),
  ] as unknown as ExpressionSpecification

const ZOOMS = [8, 11, 13, 15, 17, 20] as const

/** Pixels at each of the zooms. */
const WIDTHS: Readonly<Record<StreetClass, readonly number[]>> = {
  trunk: [0.8, 1.8, 3.4, 7, 16, 60],
  primary: [0.6, 1.4, 2.8, 6, 14, 52],
  secondary: [0.3, 0.9, 2.1, 5, 12, 46],
  tertiary: [0.2, 0.6, 1.6, 4.2, 11, 42],
  local: [0, 0.35, 0.9, 3, 9, 36],
  service: [0, 0, 0.4, 1.5, 5, 22],
}

/** How much wider a casing is than its street, pixels at each of the zooms. */
const CASINGS = [0.8, 1, 1.3, 1.5, 1.8, 2] as const

/** Pixels by class and zoom, of streets or of their casings. */
export const streetWidth = (kind: ExpressionSpecification, what: 'street' | 'casing'): ExpressionSpecification =>
  byZoom(
    Object.fromEntries(
      ZOOMS.map((zoom, n) => [zoom, byClass(kind, (each) => WIDTHS[each][n] + (what === 'casing' ? CASINGS[n] : 0))]),
    ),
  )

/** Wider streets go above narrower ones. */
export const rankOf = (each: StreetClass): number => STREET_CLASSES.indexOf(each)
