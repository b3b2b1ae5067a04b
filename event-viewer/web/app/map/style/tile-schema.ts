import type { ExpressionSpecification } from 'maplibre-gl'

type Filter = ExpressionSpecification

interface TileLayer {
  readonly layer: string
  readonly filter?: Filter
}

/** What the layers of a vector tile are called, and how their features tell what they are in OpenStreetMap's words. */
export interface TileSchema {
  readonly name: string
  /** A tileset is of the schema when it has these layers. */
  readonly has: readonly string[]
  /** Missing: all that is not water is land. */
  readonly land?: TileLayer
  readonly parks: readonly TileLayer[]
  readonly beaches: readonly TileLayer[]
  readonly water: readonly TileLayer[]
  readonly waterways: TileLayer
  readonly buildings: TileLayer
  readonly streets: { readonly layer: string; readonly kind: ExpressionSpecification }
  readonly streetNames: { readonly layer: string; readonly kind: ExpressionSpecification }
  readonly places: { readonly layer: string; readonly kind: ExpressionSpecification }
}

const oneOf = (property: string, ...values: string[]): Filter => ['match', ['get', property], values, true, false]

const get = (property: string): ExpressionSpecification => ['get', property]

const AREA: Filter = ['==', ['geometry-type'], 'Polygon']

export const TILE_SCHEMAS: readonly TileSchema[] = [
  {
    name: 'OpenMapTiles',
    has: ['transportation', 'water', 'place'],
    parks: [
      { layer: 'park', filter: AREA },
      { layer: 'landcover', filter: oneOf('class', 'grass', 'wood') },
      { layer: 'landuse', filter: oneOf('class', 'cemetery') },
    ],
    beaches: [{ layer: 'landcover', filter: oneOf('class', 'sand') }],
    water: [{ layer: 'water' }],
    waterways: { layer: 'waterway' },
    buildings: { layer: 'building' },
    streets: { layer: 'transportation', kind: get('class') },
    streetNames: { layer: 'transportation_name', kind: get('class') },
    places: { layer: 'place', kind: get('class') },
  },
  {
    name: 'Protomaps',
    has: ['roads', 'earth', 'places'],
    land: { layer: 'earth', filter: AREA },
    parks: [
      {
        layer: 'landuse',
        filter: oneOf('kind', 'park', 'garden', 'cemetery', 'golf_course', 'forest', 'wood', 'grass'),
      },
    ],
    beaches: [{ layer: 'landuse', filter: oneOf('kind', 'beach', 'sand') }],
    water: [{ layer: 'water', filter: AREA }],
    waterways: { layer: 'water', filter: ['==', ['geometry-type'], 'LineString'] },
    buildings: { layer: 'buildings' },
    streets: { layer: 'roads', kind: ['coalesce', ['get', 'kind_detail'], ['get', 'kind']] },
    streetNames: { layer: 'roads', kind: ['coalesce', ['get', 'kind_detail'], ['get', 'kind']] },
    places: { layer: 'places', kind: ['coalesce', ['get', 'kind_detail'], ['get', 'kind']] },
  },
  {
    name: 'Shortbread',
    has: ['streets', 'ocean', 'place_labels'],
    parks: [{ layer: 'land', filter: oneOf('kind', 'park', 'garden', 'cemetery', 'golf_course', 'forest', 'grass') }],
    beaches: [{ layer: 'land', filter: oneOf('kind', 'beach', 'sand') }],
    water: [{ layer: 'ocean' }, { layer: 'water_polygons' }],
    waterways: { layer: 'water_lines' },
    buildings: { layer: 'buildings' },
    streets: { layer: 'streets', kind: get('kind') },
    streetNames: { layer: 'street_labels', kind: get('kind') },
    places: { layer: 'place_labels', kind: get('kind') },
  },
]

/** The schema of a tileset with these layers; undefined when it is not a known one. */
export const schemaOf = (layers: readonly string[]): TileSchema | undefined =>
  TILE_SCHEMAS.find(({ has }) => has.every((layer) => layers.includes(layer)))
